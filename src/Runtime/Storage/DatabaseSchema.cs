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
public sealed record DatabaseSchema(IReadOnlyList<string> Steps, IReadOnlyList<string> Kept);
