namespace Models.Store;

/// <summary>A file of an installed model that is not what was installed.</summary>
/// <param name="Name">File name inside the model's folder.</param>
/// <param name="Reason">What is wrong with it, for a person.</param>
public sealed record DamagedFile(string Name, string Reason);
