using Models.Import;

namespace Models.Store;

/// <summary>A model that was just installed.</summary>
/// <param name="Model">The model as the store now has it.</param>
/// <param name="Report">What the import made of the source.</param>
public sealed record InstallResult(InstalledModel Model, ImportReport Report);
