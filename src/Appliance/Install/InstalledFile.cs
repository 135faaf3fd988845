namespace Appliance.Install;

/// <summary>A file that an installation writes.</summary>
/// <param name="Path">Where, a full path.</param>
/// <param name="Content">What is in it; null for the program itself.</param>
internal sealed record InstalledFile(string Path, string? Content);
