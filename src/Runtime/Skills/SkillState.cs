using System.Text.Json;
using System.Text.Json.Serialization;
using Models.Store;

namespace Runtime.Skills;

/// <summary>
/// What the owner decided about skills, in one file of the home folder: which are out of use, which content was confirmed. Every change is
/// on the disk when it returns; another process's changes are seen. A file that cannot be read puts every skill but the bundled ones out of
/// use. Safe for several threads.
/// </summary>
/// <param name="path">The file.</param>
public sealed class SkillState(string path)
{
    private static readonly Lock Writing = new();

    /// <summary>What stands in it.</summary>
    /// <exception cref="SkillException">It cannot be read.</exception>
    public SkillDecisions Read()
    {
        if (!File.Exists(path)) return SkillDecisions.None;
        try
        {
            if (JsonSerializer.Deserialize(File.ReadAllBytes(path), SkillStateJson.Default.SkillDecisions) is { Version: 1, Disabled: not null, Confirmed: not null } decisions
                && decisions.Confirmed.Values.All(pin => pin is { Hash.Length: 64 })) return decisions;
            throw new SkillException($"{path} is not what this program wrote.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new SkillException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Puts a skill in or out of use.</summary>
    public void SetDisabled(string name, bool isDisabled) =>
        Change(d => d with { Disabled = isDisabled ? [.. d.Disabled.Append(name).Distinct().Order(StringComparer.Ordinal)] : [.. d.Disabled.Where(n => n != name)] });

    /// <summary>Remembers what was confirmed, or forgets it (null).</summary>
    public void Confirm(string name, SkillPin? pin) => Change(d =>
    {
        var confirmed = new SortedDictionary<string, SkillPin>(d.Confirmed.ToDictionary(), StringComparer.Ordinal);
        confirmed.Remove(name);
        if (pin is not null) confirmed.Add(name, pin);
        return d with { Confirmed = confirmed, Disabled = [.. d.Disabled.Where(n => n != name)] };
    });

    private void Change(Func<SkillDecisions, SkillDecisions> change)
    {
        lock (Writing)
        {
            try
            {
                HomeFolder.EnsureFolder(Path.GetDirectoryName(path)!);
                using var only = Locked();
                DurableFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(change(Read()), SkillStateJson.Default.SkillDecisions));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new SkillException($"{path} cannot be written: {e.Message}", e);
            }
        }
    }

    // Another process changes it for a moment only.
    private FileStream Locked()
    {
        var until = Environment.TickCount64 + 5000;
        while (true)
        {
            if (Disk.TryLock(path + ".lock") is { } mine) return mine;
            if (Environment.TickCount64 > until) throw new SkillException($"Another program is changing {path}. Try again.");
            Thread.Sleep(10);
        }
    }
}

/// <summary>What the file says.</summary>
/// <param name="Version">1.</param>
/// <param name="Disabled">Names of skills that are out of use.</param>
/// <param name="Confirmed">By name, what was confirmed.</param>
public sealed record SkillDecisions(int Version, IReadOnlyList<string> Disabled, IReadOnlyDictionary<string, SkillPin> Confirmed)
{
    /// <summary>Nothing was decided.</summary>
    public static readonly SkillDecisions None = new(1, [], new Dictionary<string, SkillPin>());
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(SkillDecisions))]
internal sealed partial class SkillStateJson : JsonSerializerContext;
