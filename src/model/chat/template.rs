//! Chat templates: the model's own Jinja text turns messages into the text that it reads.
use crate::{Error, Result};
use minijinja::{context, syntax::SyntaxConfig, value::Value, Environment, ErrorKind};

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// `system`, `user` or `assistant`.
    pub role: &'static str,
    pub content: String,
}

impl Message {
    pub fn user(content: impl Into<String>) -> Self {
        Self {
            role: "user",
            content: content.into(),
        }
    }
}

/// A chat template and the control tokens that it may ask for.
pub struct Template {
    environment: Environment<'static>,
    bos: String,
    eos: String,
    /// TranslateGemma reads languages beside the text, not instructions.
    languages: bool,
}

const NAME: &str = "chat_template";
/// Templates in use have up to 20 kB.
const MOST_BYTES: usize = 1 << 20;

impl Template {
    /// # Errors
    /// Where the text is no template.
    pub fn new(text: &str, bos: &str, eos: &str) -> Result<Self> {
        let bad = |cause: String| Error::new("the chat template cannot be read").caused_by(cause);
        if text.len() > MOST_BYTES {
            return Err(bad(format!("{} bytes", text.len())));
        }
        let mut environment = Environment::new();
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.map_err(|e| bad(e.to_string()))?);
        // A template is a stranger's program: it may not run for ever.
        environment.set_fuel(Some(1_000_000));
        environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.add_function("raise_exception", |text: String| -> Result<Value, minijinja::Error> {
            Err(minijinja::Error::new(ErrorKind::InvalidOperation, text))
        });
        environment
            .add_template_owned(NAME, text.to_string())
            .map_err(|e| bad(e.to_string()))?;
        Ok(Self {
            environment,
            bos: bos.into(),
            eos: eos.into(),
            languages: text.contains("source_lang_code"),
        })
    }

    /// Whether the model translates between languages that the template names, and takes no instructions.
    pub fn takes_languages(&self) -> bool {
        self.languages
    }

    /// The text of a conversation, up to where the model has to go on.
    ///
    /// # Errors
    /// Where the template refuses the messages.
    pub fn render(&self, messages: &[Message]) -> Result<String> {
        let messages: Vec<Value> = messages.iter().map(|m| self.value(m)).collect();
        let template = self.environment.get_template(NAME);
        let text = template.and_then(|t| {
            t.render(context! {
                messages,
                add_generation_prompt => true,
                bos_token => self.bos.as_str(),
                eos_token => self.eos.as_str(),
                // Models that can think aloud first are asked not to.
                enable_thinking => false,
            })
        });
        text.map_err(|e| {
            let why = e.detail().map_or_else(|| e.to_string(), String::from);
            Error::new("the model's chat template refuses the messages").caused_by(why)
        })
    }

    fn value(&self, message: &Message) -> Value {
        let text = message.content.as_str();
        if !self.languages {
            return context! { role => message.role, content => text };
        }
        let content = context! {
            type => "text", source_lang_code => "it", target_lang_code => "en", text => text,
        };
        context! { role => message.role, content => vec![content] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(template: &str, messages: &[Message]) -> Result<String> {
        Template::new(template, "<s>", "</s>")?.render(messages)
    }

    #[test]
    fn renders_what_templates_use() {
        let messages = [Message::user(" Ciao. ")];
        for (template, expected) in [
            (
                "{{ bos_token }}{{ messages[0]['content'] | trim }}{{ eos_token }}",
                "<s>Ciao.</s>",
            ),
            ("{{ messages[0].content.strip() }}", "Ciao."),
            ("{{ messages[-1].role.startswith('us') }}", "True"),
            (
                "{% if tools %}a{% else %}b{% endif %}{% if system is defined %}c{% endif %}",
                "b",
            ),
            (
                "{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}",
                "1",
            ),
            (
                "{% for m in messages[::-1] %}{{ loop.first }}{% break %}{% endfor %}",
                "True",
            ),
            ("a\n    {%- if add_generation_prompt %}\nb\n    {% endif %}\nc", "ab\nc"),
            ("{{ messages[0].content.split('.')[0] }}|{{ 'x' ~ 1 }}", " Ciao|x1"),
            (
                "{% if enable_thinking is defined and enable_thinking is false %}no{% endif %}",
                "no",
            ),
        ] {
            assert_eq!(render(template, &messages).unwrap(), expected, "{template}");
        }
    }

    #[test]
    fn languages_stand_beside_the_text() {
        let template =
            "{% set c = messages[0]['content'][0] %}{{ c['source_lang_code'] }}>{{ c.target_lang_code }}: {{ c.text }}";
        assert_eq!(render(template, &[Message::user("Ciao.")]).unwrap(), "it>en: Ciao.");
        assert!(Template::new(template, "", "").unwrap().takes_languages());
    }

    #[test]
    fn faults_are_told() {
        let check = |template: &str, what: &str, cause: &str| {
            let error = render(template, &[Message::user("x")]).unwrap_err();
            assert_eq!(error.what, what, "{template}");
            let found = error.cause.unwrap().to_string();
            assert!(found.contains(cause), "{found}");
        };
        check("{% if %}", "the chat template cannot be read", "syntax error");
        let refuses = "the model's chat template refuses the messages";
        check(
            "{{ raise_exception('turns must alternate') }}",
            refuses,
            "turns must alternate",
        );
        check("{{ nothing.at.all }}", refuses, "undefined");
        check(
            "{% for i in range(9000) %}{% for j in range(9000) %}{% endfor %}{% endfor %}",
            refuses,
            "fuel",
        );
    }
}
