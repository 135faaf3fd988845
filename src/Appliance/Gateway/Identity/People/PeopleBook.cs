using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Identity.People;

/// <summary>
/// Who may use this box beside its owner, and what their roles allow, as the configuration has it from one moment to the next; and the
/// tokens of people, one each, kept as a hash among the identities and shown once. Safe for several threads.
/// </summary>
internal sealed class PeopleBook : IDisposable
{
    private static readonly ConfigPath Section = ConfigPath.Root.With("people");
    private readonly Lock _lock = new();
    private readonly IdentityStore _store;
    private readonly ConfigStore _config;
    private readonly TimeProvider _time;
    private volatile AccessPolicy _policy;

    /// <summary>The people of a configuration, with the tokens of a store.</summary>
    public PeopleBook(IdentityStore store, ConfigStore config, TimeProvider time)
    {
        (_store, _config, _time) = (store, config, time);
        _policy = Make(config.Config);
        config.Changed += ConfigChanged;
    }

    /// <summary>Hears which person's rights changed: whoever is connected for them must prove it anew.</summary>
    public event Action<string>? RightsChanged;

    /// <summary>The policy of now.</summary>
    public AccessPolicy Policy => _policy;

    /// <summary>When a person's token was made, Unix milliseconds; null where they have none.</summary>
    public long? TokenCreatedAt(string person) => Find(person)?.CreatedAtMs;

    /// <summary>Takes a person into the configuration, or changes what it says of them. Tokens stay.</summary>
    /// <exception cref="GatewayException">It is the owner, the id is none, or there is no such role.</exception>
    /// <exception cref="Models.ModelException">The configuration cannot be changed.</exception>
    public void Put(Person person)
    {
        if (person.Id == Person.OwnerId) throw GatewayException.Invalid("the owner is always there, and always the owner");
        if (!Person.IsId(person.Id)) throw GatewayException.Invalid("a person's id has up to 64 lower-case letters, digits, - and _, beginning with a letter");
        var roles = _policy.Roles.Select(role => role.Name).ToList();
        if (!roles.Contains(person.Role)) throw GatewayException.Invalid($"unknown role: {person.Role}; there are {string.Join(", ", roles.Order(StringComparer.Ordinal))}");
        var path = Section.With(person.Id);
        _config.Edit(document => Set(Set(Set(document, path.With("role"), person.Role), path.With("name"), person.Name), path.With("subject"), person.Subject));
    }

    /// <summary>Forgets a person: what the configuration says of them, their token, and their devices with all tokens. False where there is nothing.</summary>
    /// <exception cref="Models.ModelException">The configuration, or the state, cannot be written.</exception>
    public bool Remove(string person)
    {
        var isKnown = person != Person.OwnerId && _policy.Find(person) is not null;
        // First the rights, then what they were proved by.
        if (isKnown) _config.Edit(document => ConfigEdit.Remove(document, Section.With(person)));
        var before = _store.State;
        var after = _store.Update(s => s with
        {
            People = [.. s.People.Where(p => p.Id != person)],
            Devices = [.. s.Devices.Where(d => d.Person != person)],
            SetupCodes = [.. s.SetupCodes.Where(c => c.Person != person)],
        });
        return isKnown || after.People.Count < before.People.Count || after.Devices.Count < before.Devices.Count;
    }

    /// <summary>The person whose token it is, or null. Every kept hash is compared, so that time does not tell which one came close.</summary>
    public Person? FindByToken(string? token)
    {
        Person? found = null;
        foreach (var kept in _store.State.People)
        {
            if (Secret.Matches(token, kept.TokenHash) && _policy.Find(kept.Id) is { } person) found = person;
        }
        return found;
    }

    /// <summary>A new token for a person, shown here and never again; the old one is worth nothing from now on.</summary>
    /// <exception cref="GatewayException">There is no such person, or it is the owner, whose token is the gateway's.</exception>
    public string MakeToken(string person)
    {
        if (person == Person.OwnerId) throw GatewayException.Invalid("the owner's token is the gateway's own: gateway.token.rotate, or `serve --new-token`, makes another");
        if (_policy.Find(person) is null) throw GatewayException.Invalid($"unknown profileId: {person}");
        var made = Secret.New();
        var token = new PersonTokenHash(person, Secret.Hash(made), _time.GetUtcNow().ToUnixTimeMilliseconds());
        _store.Update(s => s with { People = [.. s.People.Where(p => p.Id != person), token] });
        RightsChanged?.Invoke(person);
        return made;
    }

    /// <summary>Takes a person's token away. False where there was none.</summary>
    public bool RevokeToken(string person)
    {
        if (Find(person) is null) return false;
        _store.Update(s => s with { People = [.. s.People.Where(p => p.Id != person)] });
        RightsChanged?.Invoke(person);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _config.Changed -= ConfigChanged;

    private PersonTokenHash? Find(string person) => _store.State.People.FirstOrDefault(p => p.Id == person);

    private void ConfigChanged(ConfigChange change)
    {
        AccessPolicy before;
        lock (_lock) (before, _policy) = (_policy, Make(change.After.Config));
        foreach (var person in before.People)
        {
            if (_policy.Find(person.Id) is not { } now || now.Subject != person.Subject || now.Tailnet != person.Tailnet || !Equals(_policy.RoleOf(person.Id), before.RoleOf(person.Id))) RightsChanged?.Invoke(person.Id);
        }
    }

    private static AccessPolicy Make(ApplianceConfig config) => new(
        config.People.Select(p => new Person(p.Key, p.Value.Role) { Name = p.Value.Name, Subject = p.Value.Subject, Tailnet = p.Value.Tailnet }),
        config.Roles.Select(r => PersonRole.Of(r.Key, r.Value)));

    private static ConfigDocument Set(ConfigDocument document, ConfigPath path, string? value) => value is null ? ConfigEdit.Remove(document, path) : ConfigEdit.Set(document, path, value);
}
