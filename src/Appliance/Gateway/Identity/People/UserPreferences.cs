using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Gateway.Protocol;
using Models;
using Models.Store;

namespace Appliance.Gateway.Identity.People;

/// <summary>
/// What each person's clients keep for them: names and values of their own that the box does not read. One small file that is replaced as a
/// whole; what <see cref="TrySet"/> returns from is on the disk. Safe for several threads.
/// </summary>
/// <param name="path">The file, which may not exist yet.</param>
internal sealed class UserPreferences(string path)
{
    /// <summary>Most entries of a person.</summary>
    public const int Most = 256;

    /// <summary>Most characters of all values of a person together.</summary>
    public const int MostCharacters = 256 * 1024;

    private readonly Lock _lock = new();
    private JsonObject? _all;

    /// <summary>A person's entries, as copies.</summary>
    /// <param name="person">Their id.</param>
    /// <param name="keys">Which; null for all.</param>
    /// <exception cref="ModelException">The file cannot be read.</exception>
    public JsonObject Get(string person, IReadOnlyList<string>? keys)
    {
        lock (_lock)
        {
            var own = All[person] as JsonObject ?? [];
            return new JsonObject(own.Where(entry => keys is null || keys.Contains(entry.Key)).Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone())));
        }
    }

    /// <summary>Sets entries of a person; null takes one away. All or none of them.</summary>
    /// <param name="person">Their id.</param>
    /// <param name="entries">The new values.</param>
    /// <param name="expected">What must stand there now, null for nothing; null where that does not matter.</param>
    /// <returns>False where something else stands there.</returns>
    /// <exception cref="GatewayException">There would be too many.</exception>
    /// <exception cref="ModelException">The file cannot be read or written, or the values are too long.</exception>
    public bool TrySet(string person, JsonObject entries, JsonObject? expected)
    {
        lock (_lock)
        {
            var all = All.DeepClone().AsObject();
            if (all[person] is not JsonObject own) all[person] = own = [];
            if (expected?.Any(entry => !JsonNode.DeepEquals(own[entry.Key], entry.Value)) == true) return false;
            foreach (var (key, value) in entries)
            {
                if (value is null) own.Remove(key);
                else own[key] = value.DeepClone();
            }
            if (own.Count > Most)
            {
                throw new GatewayException(ErrorCode.InvalidRequest, $"a person may have {Most} preferences; take some away first")
                {
                    Details = new(DetailCode.UserPrefsLimitExceeded) { Limit = Most, CurrentCount = (All[person] as JsonObject)?.Count ?? 0 },
                };
            }
            if (own.ToJsonString().Length > MostCharacters) throw new ModelException($"A person's preferences may have {MostCharacters} characters in all. Take some away first.");
            HomeFolder.EnsureFolder(Path.GetDirectoryName(path)!);
            try { DurableFile.Replace(path, System.Text.Encoding.UTF8.GetBytes(all.ToJsonString())); }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw new ModelException($"Cannot write {path}: {e.Message}", e); }
            _all = all;
            return true;
        }
    }

    private JsonObject All
    {
        get
        {
            if (_all is not null) return _all;
            if (!File.Exists(path)) return _all = [];
            try
            {
                return _all = JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? throw new JsonException("it is no object");
            }
            catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
            {
                throw new ModelException($"Cannot read {path}: {e.Message} It holds what clients keep for people. Repair it, or remove it to begin anew.", e);
            }
        }
    }
}
