using System.Text.Json;
using System.Text.Json.Serialization;
using Models;
using Models.Store;

namespace Runtime.Sessions;

/// <summary>
/// The folders a person sorts sessions into, in order. Which session is in which stands with the session (<see cref="SessionSettings.Category"/>).
/// Kept in a small file; safe for several threads.
/// </summary>
/// <param name="path">The file, which may not exist yet.</param>
public sealed class SessionGroups(string path)
{
    /// <summary>Most groups.</summary>
    public const int Most = 200;

    private readonly Lock _lock = new();
    private SessionGroupNames? _names;

    /// <summary>All of them.</summary>
    public SessionGroupNames Read()
    {
        lock (_lock) return _names ??= Load();
    }

    /// <summary>Changes them, durably.</summary>
    /// <exception cref="ModelException">There are too many, or they cannot be written.</exception>
    public SessionGroupNames Change(Func<SessionGroupNames, SessionGroupNames> change)
    {
        lock (_lock)
        {
            var next = change(_names ??= Load());
            if (next.Names.Count > Most) throw new ModelException($"There can be {Most} groups at most.");
            HomeFolder.EnsureFolder(Path.GetDirectoryName(path)!);
            DurableFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(next, SessionGroupsJson.Default.SessionGroupNames));
            return _names = next;
        }
    }

    private SessionGroupNames Load()
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), SessionGroupsJson.Default.SessionGroupNames) ?? new([], []) : new([], []);
        }
        catch (JsonException e)
        {
            throw new ModelException($"{path} is no list of groups: {e.Message} Remove it to begin a new one.", e);
        }
    }
}

/// <summary>Names of groups.</summary>
/// <param name="Names">In order.</param>
/// <param name="SectionOrder">The order of all sections a client shows, its own among them; empty where it has said none.</param>
public sealed record SessionGroupNames(IReadOnlyList<string> Names, IReadOnlyList<string> SectionOrder);

[JsonSerializable(typeof(SessionGroupNames))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class SessionGroupsJson : JsonSerializerContext;
