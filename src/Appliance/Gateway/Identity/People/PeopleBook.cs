using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Identity.People;

/// <summary>
/// Who may use this box beside its owner, with the tokens of each: one a person, kept as a hash, shown once. What a role may is the
/// policy's. Safe for several threads.
/// </summary>
internal sealed class PeopleBook
{
    private readonly Lock _lock = new();
    private readonly IdentityStore _store;
    private readonly TimeProvider _time;
    private IReadOnlyList<PersonRole> _roles = [];
    private volatile AccessPolicy _policy;

    /// <summary>The people of a store.</summary>
    public PeopleBook(IdentityStore store, TimeProvider time)
    {
        (_store, _time) = (store, time);
        _policy = Make();
    }

    /// <summary>Hears which person's rights changed: whoever is connected for them must prove it anew.</summary>
    public event Action<string>? RightsChanged;

    /// <summary>The policy of now.</summary>
    public AccessPolicy Policy => _policy;

    /// <summary>Brings other roles into force, beside those that are built in.</summary>
    public void UseRoles(IReadOnlyList<PersonRole> roles)
    {
        lock (_lock)
        {
            _roles = roles;
            Renew();
        }
    }

    /// <summary>What is remembered of a person, or null.</summary>
    public PersonState? Find(string id) => _store.State.People.FirstOrDefault(p => p.Id == id);

    /// <summary>Takes a person in, or changes what is said of them. Tokens stay.</summary>
    /// <exception cref="GatewayException">It is the owner, the id is none, or there is no such role.</exception>
    public void Put(Person person)
    {
        if (person.Id == Person.OwnerId) throw GatewayException.Invalid("the owner is always there, and always the owner");
        if (!Person.IsId(person.Id)) throw GatewayException.Invalid("a person's id has up to 64 lower-case letters, digits, - and _, beginning with a letter");
        lock (_lock)
        {
            if (_policy.Roles.All(r => r.Name != person.Role))
                throw GatewayException.Invalid($"unknown role: {person.Role}; there are {string.Join(", ", _policy.Roles.Select(r => r.Name).Order(StringComparer.Ordinal))}");
            Change(person.Id, (old, now) => (old ?? new PersonState(person.Id, person.Role, now)) with { Role = person.Role, Name = person.Name, Subject = person.Subject, UpdatedAtMs = now });
        }
    }

    /// <summary>Forgets a person: their token, and their devices with all tokens. False where there is none.</summary>
    public bool Remove(string person)
    {
        lock (_lock)
        {
            if (Find(person) is null) return false;
            _store.Update(s => s with
            {
                People = [.. s.People.Where(p => p.Id != person)],
                Devices = [.. s.Devices.Where(d => d.Person != person)],
                SetupCodes = [.. s.SetupCodes.Where(c => c.Person != person)],
            });
            Renew();
            return true;
        }
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
        var made = Secret.New();
        var hash = Secret.Hash(made);
        lock (_lock)
        {
            if (Find(person) is null) throw GatewayException.Invalid($"unknown profileId: {person}");
            Change(person, (old, now) => old! with { TokenHash = hash, TokenCreatedAtMs = now });
        }
        RightsChanged?.Invoke(person);
        return made;
    }

    /// <summary>Takes a person's token away. False where there was none.</summary>
    public bool RevokeToken(string person)
    {
        lock (_lock)
        {
            if (Find(person) is not { TokenHash: not null }) return false;
            Change(person, (old, _) => old! with { TokenHash = null, TokenCreatedAtMs = null });
        }
        RightsChanged?.Invoke(person);
        return true;
    }

    private void Change(string id, Func<PersonState?, long, PersonState> change)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _store.Update(s => s with { People = [.. s.People.Where(p => p.Id != id), change(s.People.FirstOrDefault(p => p.Id == id), now)] });
        Renew();
    }

    private void Renew()
    {
        var before = _policy;
        _policy = Make();
        foreach (var person in before.People)
        {
            if (!Equals(_policy.RoleOf(person.Id), before.RoleOf(person.Id))) RightsChanged?.Invoke(person.Id);
        }
    }

    private AccessPolicy Make() => new(_store.State.People.Select(p => new Person(p.Id, p.Role) { Name = p.Name, Subject = p.Subject }), _roles);
}
