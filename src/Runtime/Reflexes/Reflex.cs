using System.Text.Json;

namespace Runtime.Reflexes;

/// <summary>One thing that is done without a model when a person says one of its sentences. Immutable.</summary>
/// <param name="Name">Its name: small letters, digits and <c>-</c>.</param>
/// <param name="Source">The file it stands in.</param>
public sealed record Reflex(string Name, string Source)
{
    /// <summary>The action that is taken as if the person had said something else.</summary>
    internal const string SayAction = "say";

    /// <summary>The action of what the schedule says, not a person: it is answered, and nothing is done.</summary>
    internal const string DueAction = "due";

    /// <summary>What the gateway itself does: nothing a tool could.</summary>
    internal const string Stop = "stop", Yes = "yes", No = "no", Repeat = "repeat", Teach = "teach", Forget = "forget";

    /// <summary>The tool it calls; <c>say</c>, <c>due</c>, or null for what needs no tool.</summary>
    public string? Action { get; init; }

    /// <summary>The call's arguments, a JSON object; slots in its texts stand in braces.</summary>
    public string Arguments { get; init; } = "{}";

    /// <summary>What it is taken for, where it stands for something else to say; null otherwise.</summary>
    public string? Says => Action == SayAction && JsonElement.Parse(Arguments).TryGetProperty("text", out var text) ? text.ToString() : null;

    /// <summary>What is answered; without one, what the tool answers.</summary>
    public IReadOnlyList<string> Answers { get; init; } = [];

    /// <summary>True where it came with the box.</summary>
    public bool IsBuiltIn { get; init; }

    /// <summary>Who answered, as a transcript says it.</summary>
    public string By => $"reflex:{Name}";

    /// <summary>True for what cannot wait until the conversation is free.</summary>
    internal bool IsUrgent => Is(Stop) || Is(Yes) || Is(No);

    /// <summary>The tool it calls, or null.</summary>
    public string? Tool => Action is SayAction or DueAction ? null : Action;

    /// <summary>True for the one that the box itself does under this name.</summary>
    internal bool Is(string name) => IsBuiltIn && Action is null && Name == name;
}
