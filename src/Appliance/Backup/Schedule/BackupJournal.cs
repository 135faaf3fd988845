using System.Text.Json;
using System.Text.Json.Serialization;
using Models.Store;

namespace Appliance.Backup.Schedule;

/// <summary>What is known of a home's backups: the last that was made, and what became of the last try. Immutable; the file is <c>backups.json</c> in the home folder.</summary>
internal sealed record BackupJournal
{
    /// <summary>When the last whole one was made; null for never.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>Where that is.</summary>
    public string? Last { get; init; }

    /// <summary>When one was last tried by itself; null for never.</summary>
    public DateTimeOffset? TriedAt { get; init; }

    /// <summary>Why that failed; null where it did not.</summary>
    public string? Problem { get; init; }

    /// <summary>Reads a home's; one that cannot be read is one of a home that has none.</summary>
    public static BackupJournal Read(string home)
    {
        try { return JsonSerializer.Deserialize(File.ReadAllBytes(In(home)), BackupJournalJson.Default.BackupJournal) ?? new(); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException) { return new(); }
    }

    /// <summary>Writes it.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string home) => DurableFile.Replace(In(home), JsonSerializer.SerializeToUtf8Bytes(this, BackupJournalJson.Default.BackupJournal));

    private static string In(string home) => Path.Combine(home, "backups.json");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BackupJournal))]
internal sealed partial class BackupJournalJson : JsonSerializerContext;
