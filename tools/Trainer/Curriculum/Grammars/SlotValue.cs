namespace Trainer.Curriculum.Grammars;

/// <summary>A value as it is said, and in other forms: as an argument, as an answer says it.</summary>
/// <param name="Said">As a person says it.</param>
/// <param name="Forms">Other forms by name; one that is not there is as it is said.</param>
internal sealed record SlotValue(string Said, IReadOnlyDictionary<string, string>? Forms = null)
{
    /// <summary>The value in a form.</summary>
    public string In(string form) => form.Length == 0 ? Said : Forms is not null && Forms.TryGetValue(form, out var text) ? text : form switch
    {
        "lower" => Said.ToLowerInvariant(),
        // As the tool calls a list.
        "kebab" => Said.ToLowerInvariant().Replace(' ', '-'),
        // The word by which one of several is told.
        "word" => Array.FindLast(Said.Split(' '), word => word.Length > 3) ?? Said,
        "first" => Said.Split(' ')[0],
        _ => Said,
    };
}
