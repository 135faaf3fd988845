namespace Models.Routing.Classifying;

/// <summary>A rule of the owner: what comes from somewhere, or says something, is of a class. Every rule that matches adds. Immutable.</summary>
/// <param name="Class">What it adds.</param>
public sealed record ClassRule(DataClass Class)
{
    /// <summary>Condition: the agent. Null holds always, and so below.</summary>
    public string? Agent { get; init; }

    /// <summary>Condition: the person.</summary>
    public string? Person { get; init; }

    /// <summary>Condition: the channel.</summary>
    public string? Channel { get; init; }

    /// <summary>Condition: a result of this tool was read; <c>*</c> at the end stands for any rest.</summary>
    public string? Tool { get; init; }

    /// <summary>Condition: this is in a text, whatever its case.</summary>
    public string? Text { get; init; }

    /// <summary>Condition: there are pictures in it, or none. They are personal without any rule.</summary>
    public bool? Images { get; init; }

    /// <summary>What holds where the owner says nothing: what tools read on this box is its owner's.</summary>
    public static IReadOnlyList<ClassRule> Usual { get; } =
    [
        .. Of(DataClass.Personal, "memory_*", "read", "grep", "find", "ls", "exec", "process", "session_*", "sessions_*", "message", "image"),
        .. Of(DataClass.Sensor, "device_*", "sensor_*", "node_*", "bus", "camera"),
    ];

    private static IEnumerable<ClassRule> Of(DataClass data, params string[] tools) => tools.Select(tool => new ClassRule(data) { Tool = tool });
}
