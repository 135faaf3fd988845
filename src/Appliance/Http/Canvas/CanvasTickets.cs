using System.Security.Cryptography;

namespace Appliance.Http.Canvas;

/// <summary>
/// Addresses of panels that nobody can guess: a frame cannot carry a token, so each panel has an address of its own for whoever may see its
/// conversation, for an hour, and while this process lives. Safe for several threads.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class CanvasTickets(TimeProvider time)
{
    /// <summary>Where panels are.</summary>
    public const string Path = "/__openclaw__/board/";

    private const int Most = 1024;

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Key, string Name, DateTimeOffset Ends)> _tickets = new(StringComparer.Ordinal);

    /// <summary>The path of a panel, the same as before while that holds for a while yet.</summary>
    public string PathOf(string key, string name)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            foreach (var (known, place) in _tickets)
                if (place.Key == key && place.Name == name && place.Ends > now + Lifetime / 2) return Path + known;
            foreach (var (old, _) in _tickets.Where(t => t.Value.Ends <= now).ToArray()) _tickets.Remove(old);
            if (_tickets.Count >= Most) _tickets.Remove(_tickets.MinBy(t => t.Value.Ends).Key);
            var ticket = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
            _tickets[ticket] = (key, name, now + Lifetime);
            return Path + ticket;
        }
    }

    /// <summary>The panel behind a ticket, or null.</summary>
    public (string Key, string Name)? Find(string ticket)
    {
        lock (_lock) return _tickets.TryGetValue(ticket, out var place) && place.Ends > time.GetUtcNow() ? (place.Key, place.Name) : null;
    }
}
