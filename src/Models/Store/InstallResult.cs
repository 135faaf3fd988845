using Models.Import;

namespace Models.Store;

/// <summary>A model that was just installed.</summary>
/// <param name="Model">The model as the store now has it.</param>
/// <param name="Report">What the import made of the source.</param>
public sealed record InstallResult(InstalledModel Model, ImportReport Report)
{
    /// <summary>What was fetched for it; null when it was not fetched or was more than one file.</summary>
    public Download? Download { get; init; }
}

/// <summary>A file that was fetched whole.</summary>
/// <param name="Sha256">Lower-case hexadecimal.</param>
/// <param name="Checked">True when the source or the reference named that SHA-256; false when there was nothing to check it against.</param>
public sealed record Download(string Sha256, bool Checked);
