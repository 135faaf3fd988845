namespace Models.Egress;

/// <summary>The owner's rules for what may leave this machine.</summary>
public sealed record EgressPolicy
{
    /// <summary>Switches offline mode on.</summary>
    public const string OfflineVariable = "APPLIANCE_OFFLINE";

    /// <summary>Allows <c>http://</c> to other machines.</summary>
    public const string PlainHttpVariable = "APPLIANCE_ALLOW_HTTP";

    /// <summary>True: nothing leaves this machine, not even a DNS query. Connections to the machine itself still work.</summary>
    public bool Offline { get => field || IsOfflineNow?.Invoke() == true; init; }

    /// <summary>The same where it may change while the program runs; null where it does not.</summary>
    public Func<bool>? IsOfflineNow { get; init; }

    /// <summary>True: unencrypted <c>http://</c> and <c>ws://</c> to other machines is allowed, for a mirror or a gateway on the owner's own network.</summary>
    public bool PlainHttp { get; init; }

    /// <summary>Set on a request to say what it is for.</summary>
    public static readonly HttpRequestOptionsKey<string> Why = new("egress.why");

    /// <summary>Hears of every request, each redirect that is followed included, when it was sent or refused; null where nobody does.</summary>
    public Action<EgressCall>? Heard { get; init; }

    /// <summary>
    /// The rules the environment states. A variable counts as set unless it is empty, <c>0</c>, <c>false</c>, <c>no</c> or <c>off</c>;
    /// for the permission only <c>1</c>, <c>true</c>, <c>yes</c> and <c>on</c> count, so that a typing error never opens anything.
    /// </summary>
    public static EgressPolicy FromEnvironment() => new()
    {
        Offline = Read(OfflineVariable) is not ("" or "0" or "false" or "no" or "off"),
        PlainHttp = Read(PlainHttpVariable) is "1" or "true" or "yes" or "on",
    };

    /// <summary>Checks an address before anything is sent there.</summary>
    /// <exception cref="EgressException">The rules do not allow it.</exception>
    public void Check(Uri address)
    {
        var encrypted = address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeWss;
        if (!encrypted && address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeWs)
            throw new EgressException($"{Redact(address)} cannot be fetched: only https:// and http:// can.");
        if (IsThisMachine(address.IdnHost)) return;
        if (Offline)
            throw new EgressException($"Offline mode is on, so {address.IdnHost} was not contacted. Unset {OfflineVariable}, or the setting network.offline, to allow it.");
        if (!encrypted && !PlainHttp)
        {
            throw new EgressException(
                $"{Redact(address)} is not encrypted, so it was not contacted. Use {address.Scheme}s://, or set {PlainHttpVariable}=1 for a network you trust.");
        }
    }

    /// <summary>
    /// The same for an address that the owner configured as it stands: unencrypted <c>http://</c> is allowed to a machine of their own
    /// network too, told by the address as it is written.
    /// </summary>
    /// <exception cref="EgressException">The rules do not allow it.</exception>
    public void CheckOwn(Uri address) => (IsOwnNetwork(address.IdnHost) ? this with { PlainHttp = true } : this).Check(address);

    // A private address, a name without a dot, or one of the endings that no public name has (RFC 6762, RFC 8375, ICANN's .internal).
    private static bool IsOwnNetwork(string host) => System.Net.IPAddress.TryParse(host.Trim('[', ']'), out var ip)
        ? !PublicAddress.Is(ip)
        : !host.Contains('.') || new[] { ".local", ".lan", ".internal", ".home.arpa" }.Any(ending => host.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// True for <c>localhost</c> and loopback IP addresses as they are written. Other names never count, whatever they resolve to:
    /// only these can be told from the rest of the world without asking a name server.
    /// </summary>
    public static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (System.Net.IPAddress.TryParse(host.Trim('[', ']'), out var ip) && System.Net.IPAddress.IsLoopback(ip));

    /// <summary>An address without what may be secret in it (user, password, query, fragment), for messages and logs.</summary>
    public static string Redact(Uri address) => address.IsAbsoluteUri
        ? address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
        : "(relative address)";

    private static string Read(string variable) => (Environment.GetEnvironmentVariable(variable) ?? "").Trim().ToLowerInvariant();
}
