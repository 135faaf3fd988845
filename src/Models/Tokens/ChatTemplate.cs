using System.Text.Json.Nodes;

namespace Models.Tokens;

/// <summary>A model's chat template: the subset of Jinja that published templates use. Immutable and safe for several threads.</summary>
public sealed class ChatTemplate
{
    /// <summary>
    /// Reads the template of a model folder: <c>chat_template.jinja</c>, else <c>chat_template</c> in <c>tokenizer_config.json</c>
    /// (a string, or a list of named ones of which <c>default</c> is taken). Null where the model has none.
    /// </summary>
    /// <exception cref="TemplateException">The template is malformed or uses what this subset lacks (named, with its line).</exception>
    public static ChatTemplate? FromFolder(string folder) => null;

    /// <summary>Compiles a template.</summary>
    /// <exception cref="TemplateException">The template is malformed or uses what this subset lacks (named, with its line).</exception>
    public static ChatTemplate Parse(string source) => throw new NotImplementedException(source);

    /// <summary>Renders the template.</summary>
    /// <param name="variables">messages, tools, add_generation_prompt, bos_token, eos_token and whatever else the template reads.</param>
    /// <param name="clock">For <c>strftime_now</c>; the system clock by default.</param>
    /// <exception cref="TemplateException">The template raised an exception, or a value has the wrong type.</exception>
    public string Render(JsonObject variables, TimeProvider? clock = null) => throw new NotImplementedException();
}

/// <summary>An error of a chat template.</summary>
public sealed class TemplateException : ModelException
{
    /// <summary>Creates the error with its message for a person.</summary>
    public TemplateException(string message, Exception? inner = null) : base(message, inner) { }
}
