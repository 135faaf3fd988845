using Models;

namespace Appliance.Gateway.Identity;

/// <summary>
/// The gateway's own token: given (environment or file), or made at first start, shown once and kept as a hash. Who holds it is the owner.
/// Safe for several threads.
/// </summary>
internal sealed class SharedToken
{
    /// <summary>Environment variable that gives the token.</summary>
    public const string Variable = "APPLIANCE_GATEWAY_TOKEN";

    private volatile string _hash;

    private SharedToken(string hash, string? shown) => (_hash, Shown) = (hash, shown);

    /// <summary>True where it was given: then every door asks for it, on loopback too.</summary>
    public bool IsGiven { get; private init; }

    /// <summary>The token in clear, where it was made just now.</summary>
    public string? Shown { get; }

    /// <summary>The token to use.</summary>
    /// <param name="given">From the environment or a file; null where there is none.</param>
    /// <param name="store">Where the hash of a token made earlier is, or will be.</param>
    /// <param name="renew">Makes a new one though there is one.</param>
    /// <exception cref="ModelException">The given token is too short.</exception>
    public static SharedToken Choose(string? given, IdentityStore store, bool renew)
    {
        if (!string.IsNullOrEmpty(given))
        {
            RequireStrong(given);
            return new(Secret.Hash(given), null) { IsGiven = true };
        }
        if (!renew && store.State.TokenHash is { } hash) return new(hash, null);
        var made = Secret.New();
        var madeHash = Secret.Hash(made);
        store.Update(state => state with { TokenHash = madeHash });
        return new(madeHash, made);
    }

    /// <summary>Refuses a token that could be guessed.</summary>
    /// <exception cref="ModelException">It is too short, or the same few characters again and again.</exception>
    public static void RequireStrong(string token)
    {
        if (token.Length >= Secret.Shortest && token.Distinct().Count() < Secret.FewestKinds)
            throw new ModelException($"The gateway token is too easily guessed: it has fewer than {Secret.FewestKinds} different characters. `openssl rand -hex 32` makes one for {Variable}.");
        if (token.Length < Secret.Shortest)
            throw new ModelException($"The gateway token is too short to be a secret: it needs at least {Secret.Shortest} characters. `openssl rand -hex 32` makes one for {Variable}.");
    }

    /// <summary>Makes another one, shown here and never again; the old one is worth nothing from now on.</summary>
    /// <exception cref="ModelException">It was given, and can be changed only where it was given; or it cannot be written.</exception>
    public string Renew(IdentityStore store)
    {
        if (IsGiven) throw new ModelException($"The gateway's token was given by {Variable}, the configuration or a file. Change it there and restart.");
        var made = Secret.New();
        var hash = Secret.Hash(made);
        store.Update(state => state with { TokenHash = hash });
        _hash = hash;
        return made;
    }

    /// <summary>Compares in constant time.</summary>
    public bool Matches(string? token) => Secret.Matches(token, _hash);
}
