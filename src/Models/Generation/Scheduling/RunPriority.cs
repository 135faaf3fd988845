namespace Models.Generation.Scheduling;

/// <summary>Who waits for whom when a model has more to do than it can at once.</summary>
public enum RunPriority
{
    /// <summary>A person waits for the answer.</summary>
    Interactive,

    /// <summary>A step of a turn that is under way, after a tool's result.</summary>
    ToolLoop,

    /// <summary>Nobody waits: schedules, summaries, distillation.</summary>
    Background,
}
