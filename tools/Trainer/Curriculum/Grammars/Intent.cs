namespace Trainer.Curriculum.Grammars;

/// <summary>Something that a person may want, in all the ways they may say it, and what the model does about it.</summary>
internal sealed class Intent
{
    /// <summary>Topic and name: <c>timer.set</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it belongs to.</summary>
    public string Topic => Name[..Name.IndexOf('.')];

    /// <summary>How often it comes, beside 1.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>What is right: call, chat, refuse or unknown.</summary>
    public string Kind { get; set; } = "chat";

    /// <summary>True for what the box itself writes: it stands as it is, without anybody's manner.</summary>
    public bool IsLiteral { get; set; }

    /// <summary>The tool that is called, or null.</summary>
    public string? Tool { get; set; }

    /// <summary>Its arguments, in the schema's order; a value that begins with <c>#</c> is no string.</summary>
    public List<(string Name, string Raw, Phrase Value)> Arguments { get; } = [];

    /// <summary>A tool that is called after the first, or null.</summary>
    public string? SecondTool { get; set; }

    /// <summary>Its arguments.</summary>
    public List<(string Name, string Raw, Phrase Value)> SecondArguments { get; } = [];

    /// <summary>What it answers.</summary>
    public List<Line> SecondResults { get; } = [];

    /// <summary>Intents that this one may only follow; empty for one that stands alone.</summary>
    public List<string> After { get; } = [];

    /// <summary>What the person says.</summary>
    public List<Line> Said { get; } = [];

    /// <summary>What the tool answers.</summary>
    public List<Line> Results { get; } = [];

    /// <summary>What the model says then.</summary>
    public List<Line> Answers { get; } = [];

    /// <summary>What the person says when an argument is missing.</summary>
    public List<Line> Incomplete { get; } = [];

    /// <summary>What the model asks then.</summary>
    public List<Line> Questions { get; } = [];

    /// <summary>What the person answers to that.</summary>
    public List<Line> Fillings { get; } = [];
}
