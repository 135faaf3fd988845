using System.Text.Json;
using Models;
using Models.Store;

namespace Appliance.Gateway.Identity;

/// <summary>
/// Keeps <see cref="IdentityState"/> in one small file that is replaced as a whole: pairings are few, and a person can read it. What
/// <see cref="Update"/> returns from is on the disk. Safe for several threads.
/// </summary>
internal sealed class IdentityStore
{
    private readonly Lock _lock = new();
    private readonly string _path;
    private volatile IdentityState _state;

    private IdentityStore(string path, IdentityState state) => (_path, _state) = (path, state);

    /// <summary>The state of now.</summary>
    public IdentityState State => _state;

    /// <summary>Opens the file below <paramref name="home"/>; there may be none yet.</summary>
    /// <exception cref="ModelException">It cannot be read. It is never replaced by an empty one: that would unpair everybody.</exception>
    public static IdentityStore Open(string home)
    {
        var path = Path.Combine(HomeFolder.EnsureFolder(Path.Combine(home, "gateway")), "identity.json");
        if (!File.Exists(path)) return new(path, new IdentityState());
        try
        {
            var state = JsonSerializer.Deserialize(File.ReadAllBytes(path), IdentityJson.Default.IdentityState) ?? throw new JsonException("it holds null");
            return new(path, state);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Cannot read {path}: {e.Message} It holds the paired devices. Repair it, or remove it to pair again.", e);
        }
    }

    /// <summary>Changes the state and writes it.</summary>
    /// <returns>The state after the change.</returns>
    /// <exception cref="ModelException">It cannot be written; the state is as it was.</exception>
    public IdentityState Update(Func<IdentityState, IdentityState> change)
    {
        lock (_lock)
        {
            var next = change(_state);
            if (ReferenceEquals(next, _state)) return next;
            try
            {
                DurableFile.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(next, IdentityJson.Default.IdentityState));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ModelException($"Cannot write {_path}: {e.Message}", e);
            }
            return _state = next;
        }
    }
}
