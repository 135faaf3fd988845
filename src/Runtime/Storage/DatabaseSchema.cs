namespace Runtime.Storage;

/// <summary>How a database is laid out. Immutable.</summary>
/// <param name="Steps">
/// SQL from one layout to the next, the first from nothing; each is applied once, all or nothing. A step that was ever released does not
/// change: a new one is added after it.
/// </param>
/// <param name="Kept">
/// Tables whose rows cannot be made again from something else: what can still be read of them is carried over out of a broken file.
/// Where it is empty, a broken file's database starts empty and its owner fills it again.
/// </param>
public sealed record DatabaseSchema(IReadOnlyList<string> Steps, IReadOnlyList<string> Kept)
{
    /// <summary>
    /// The lowest layout whose programs can go on with this one: what later steps added has a default, and nothing that was there has changed. So an
    /// update that goes back leaves what was written since (docs/update.md). As many as there are steps where no older program can.
    /// </summary>
    public int Oldest { get; init; } = Steps.Count;
}
