namespace Runtime.Tools;

/// <summary>Where tools come from that are not the box's own. Safe for several threads.</summary>
public interface IToolSource
{
    /// <summary>Those there are now, no two of one name. Another list where they have changed, and the same one where they have not.</summary>
    IReadOnlyList<Tool> Tools { get; }

    /// <summary>Finds out which there are, where that is not known yet, in a bounded time. Does not fail but for cancellation.</summary>
    Task PrepareAsync(CancellationToken cancellation);
}
