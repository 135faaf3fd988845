using System.Net;
using System.Text.Json;
using Appliance.Client;
using Models;

namespace Appliance.Network.Tailscale;

/// <summary>
/// Whose a device of the tailnet is, as Tailscale's daemon says (<c>tailscale whois --json</c>, apitype.WhoIsResponse). An answer is kept for a minute, none
/// for ten seconds; few are asked for at once and not many in a minute, whoever comes. Safe for several threads; memory is bounded.
/// </summary>
/// <param name="program">Where the command is, as it is configured now; null to look for it.</param>
/// <param name="time">The clock.</param>
internal sealed class TailnetWhois(Func<string?> program, TimeProvider time) : IDisposable
{
    /// <summary>Devices that are remembered, and questions in a minute.</summary>
    public const int MostDevices = 256, MostPerMinute = 30;

    private const int MostAtOnce = 2;

    private static readonly TimeSpan Known = TimeSpan.FromMinutes(1), Unknown = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turns = new(MostAtOnce);
    private readonly Dictionary<IPAddress, (string? Login, long At)> _answers = [];
    private readonly Queue<long> _asked = new();

    /// <summary>The login of the person whose device has an address; null where it is nobody's in person, or nobody can say.</summary>
    public async Task<string?> LoginOfAsync(IPAddress address, CancellationToken cancellation)
    {
        if (Kept(address, out var kept)) return kept;
        await _turns.WaitAsync(cancellation);
        try
        {
            // Somebody may have asked meanwhile.
            if (Kept(address, out kept) || !MayAsk()) return kept;
            var login = await AskAsync(address, cancellation);
            lock (_lock)
            {
                if (_answers.Count >= MostDevices) foreach (var (old, _) in _answers.OrderBy(a => a.Value.At).Take(MostDevices / 4).ToArray()) _answers.Remove(old);
                _answers[address] = (login, time.GetTimestamp());
            }
            return login;
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private bool Kept(IPAddress address, out string? login)
    {
        lock (_lock)
        {
            var found = _answers.TryGetValue(address, out var answer) && time.GetElapsedTime(answer.At) < (answer.Login is null ? Unknown : Known);
            login = found ? answer.Login : null;
            return found;
        }
    }

    private bool MayAsk()
    {
        lock (_lock)
        {
            while (_asked.TryPeek(out var first) && time.GetElapsedTime(first) >= TimeSpan.FromMinutes(1)) _asked.Dequeue();
            if (_asked.Count >= MostPerMinute) return false;
            _asked.Enqueue(time.GetTimestamp());
            return true;
        }
    }

    private async Task<string?> AskAsync(IPAddress address, CancellationToken cancellation)
    {
        try
        {
            return Read(await TailscaleProgram.Get(program()).JsonAsync(["whois", "--json", address.ToString()], cancellation), address);
        }
        catch (ModelException)
        {
            return null;
        }
    }

    /// <summary>The login in an answer; null where the device has another address, or tags, and so is nobody's.</summary>
    internal static string? Read(JsonElement answer, IPAddress address)
    {
        var node = answer.Member("Node");
        var isIts = node.Texts("Addresses").Any(text => IPNetwork.TryParse(text, out var own) && own.BaseAddress.Equals(address) && own.PrefixLength == address.GetAddressBytes().Length * 8);
        return isIts && !node.Items("Tags").Any() && answer.Member("UserProfile").Text("LoginName") is { Length: > 0 } login ? login : null;
    }
}
