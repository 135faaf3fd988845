using System.Text.Json;
using Models;
using Models.Store;
using Runtime.Tools;

namespace Runtime.Approvals;

/// <summary>
/// What was approved for good, in one file that is the old or the new one after a power cut. A file that cannot be read grants nothing and
/// is never written over. Read when it is first asked; safe for several threads.
/// </summary>
/// <param name="path">The file; it may not exist yet.</param>
/// <param name="time">The clock.</param>
public sealed class GrantStore(string path, TimeProvider time)
{
    /// <summary>Grants there may be.</summary>
    public const int Most = 1000;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _over = new(StringComparer.Ordinal);
    private List<StandingGrant>? _grants;

    /// <summary>What is wrong with the file, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>All that hold.</summary>
    public IReadOnlyList<StandingGrant> List()
    {
        lock (_lock) return [.. Grants.Where(Holds)];
    }

    /// <summary>The grant for a binding, or null.</summary>
    public StandingGrant? Find(ApprovalBinding binding)
    {
        lock (_lock) return Grants.Find(grant => grant.Hash == binding.Hash && Holds(grant));
    }

    /// <summary>Adds one. It is on the disk when this returns.</summary>
    /// <exception cref="ModelException">It cannot be kept; nothing was granted.</exception>
    public StandingGrant Add(ApprovalBinding binding, string text, string? agent, string by, TimeSpan? lifetime)
    {
        lock (_lock)
        {
            var grants = Grants;
            if (Problem is not null) throw new ModelException($"Nothing can be allowed for good: {Problem}");
            var now = time.GetUtcNow();
            var grant = new StandingGrant(Guid.NewGuid().ToString("N"), binding.Hash, SecretText.Redact(text), agent, by, now.ToUnixTimeMilliseconds(), lifetime is { } span ? (now + span).ToUnixTimeMilliseconds() : null);
            List<StandingGrant> next = [.. grants.Where(g => !IsOver(g) && g.Hash != binding.Hash), grant];
            if (next.Count > Most) throw new ModelException($"There are {Most} grants already. Revoke some first.");
            Write(next);
            return grant;
        }
    }

    /// <summary>Takes one away. False where there is none of that id.</summary>
    /// <exception cref="ModelException">The file cannot be written; it still holds.</exception>
    public bool Revoke(string id)
    {
        lock (_lock)
        {
            var next = Grants.Where(grant => grant.Id != id).ToList();
            if (next.Count == Grants.Count) return false;
            Write(next);
            return true;
        }
    }

    private List<StandingGrant> Grants => _grants ??= Load();

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    // A clock that is put back brings back nothing that was over: what was seen to be over stays so, and what holds for a time was granted before now.
    private bool Holds(StandingGrant grant) => !IsOver(grant) && (grant.ExpiresAtMs is null || grant.CreatedAtMs <= Now);

    private bool IsOver(StandingGrant grant)
    {
        if (grant.ExpiresAtMs is { } end && end <= Now) _over.Add(grant.Id);
        return _over.Contains(grant.Id);
    }

    private List<StandingGrant> Load()
    {
        if (!File.Exists(path)) return [];
        try
        {
            var file = JsonSerializer.Deserialize(File.ReadAllBytes(path), GrantJson.Default.GrantFile);
            if (file is { Version: 1, Grants: { } grants } && grants.All(grant => grant is { Id: not null, Hash.Length: 64 })) return [.. grants];
            Problem = $"{path} is not a file of grants.";
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            Problem = $"{path} cannot be read: {e.Message}";
        }
        return [];
    }

    private void Write(List<StandingGrant> next)
    {
        try
        {
            HomeFolder.EnsureFolder(Path.GetDirectoryName(path)!);
            DurableFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(new GrantFile(1, next), GrantJson.Default.GrantFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path} cannot be written: {e.Message}", e);
        }
        _grants = next;
    }
}
