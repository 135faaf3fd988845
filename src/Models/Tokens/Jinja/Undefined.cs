namespace Models.Tokens.Jinja;

/// <summary>What a missing variable, attribute or item evaluates to: empty text, false, no items; everything else about it fails.</summary>
internal sealed class Undefined(string? name = null, object? owner = null)
{
    /// <summary>Why there is no value, where that is not simply a missing name.</summary>
    public string? Hint { get; init; }

    public TemplateException Failure(RenderContext context) =>
        context.Error($"{Hint ?? (owner is null ? $"'{name}' is undefined" : $"a value of type {Values.TypeName(owner)} has no attribute or item '{name}'")}.");
}
