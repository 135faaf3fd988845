using System.Text.Json.Serialization;

namespace Appliance.Backup;

/// <summary>The last entry of a backup: what is in it. Immutable.</summary>
internal sealed record BackupManifest(int Version, DateTimeOffset CreatedAt, string Program, IReadOnlyList<BackupFile> Files)
{
    /// <summary>The entry's name; no file of a home has it.</summary>
    public const string Name = "appliance-backup.json";

    /// <summary>The layout of now.</summary>
    public const int Newest = 1;
}

/// <summary>A file: its path below the home folder with slashes, bytes, SHA-256 in hexadecimal.</summary>
internal sealed record BackupFile(string Path, long Size, string Sha256);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
