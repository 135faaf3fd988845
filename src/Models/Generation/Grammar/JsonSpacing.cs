namespace Models.Generation.Grammar;

/// <summary>
/// The white space of generated JSON. There is never any but after <c>:</c> and <c>,</c>: no line ends, no indentation. A fixed choice
/// lets more of the text be forced, without running the model.
/// </summary>
public enum JsonSpacing
{
    /// <summary>One space after <c>:</c> and <c>,</c>, as Qwen, Llama, Phi and Hermes models write tool calls: <c>{"name": "x", "arguments": {}}</c>.</summary>
    Single,

    /// <summary>None, as gpt-oss models write tool calls: <c>{"name":"x","arguments":{}}</c>.</summary>
    None,

    /// <summary>None or one space after each, as the model likes. An <c>enum</c> or <c>const</c> that is an array or object is written with one.</summary>
    Optional,
}
