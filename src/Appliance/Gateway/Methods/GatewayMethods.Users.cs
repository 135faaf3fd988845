using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods;

// People and their roles. Their tokens are kept as hashes and shown once.
internal sealed partial class GatewayMethods
{
    private const int MostPreferences = 32, LongestPreference = 256;

    private IEnumerable<GatewayMethod> Users =>
    [
        GatewayMethod.Of("users.list", Scope.Read, call => FrameWriter.Payload(
            new UserProfiles([.. Policy.People.Where(p => SeesAll(call.Principal) || p.Id == call.Principal.PersonId).OrderBy(p => p.Id, StringComparer.Ordinal).Select(ToProfile)]))),
        GatewayMethod.Of("users.self", Scope.Read, call => FrameWriter.Payload(new UserProfileResult(ToProfile(FindPerson(call.Principal.PersonId))))),
        GatewayMethod.Of("users.setDisplayName", Scope.Write, SetDisplayName),
        GatewayMethod.Of("users.setRole", Scope.Admin, SetRole),
        GatewayMethod.Of("users.prefs.get", Scope.Read, call => FrameWriter.Payload(to => to
            .Add("status", "ok").Add("entries", JsonElement.Parse(_preferences.Get(call.Principal.PersonId, call.Params.OptionalTexts("keys", MostPreferences, LongestPreference)).ToJsonString())))),
        GatewayMethod.Of("users.prefs.set", Scope.Write, SetPreferences),

        // Ours: the protocol's people come by e-mail, ours by the owner's word.
        GatewayMethod.Of("people.add", Scope.Admin, AddPerson) with { IsAdvertised = false },
        GatewayMethod.Of("people.remove", Scope.Admin, call => _context.Identity.People.Remove(call.Params.Text("profileId", 128)) ? Done()
            : throw GatewayException.Invalid("there is no such person to remove")) with { IsAdvertised = false },
        GatewayMethod.Of("people.token.rotate", Scope.Admin, call =>
        {
            var token = _context.Identity.People.MakeToken(call.Params.Text("profileId", 128));
            return FrameWriter.Payload(new PersonToken(call.Params.Text("profileId", 128), token, _context.Now));
        }) with { IsAdvertised = false },
        GatewayMethod.Of("people.token.revoke", Scope.Admin, call => _context.Identity.People.RevokeToken(call.Params.Text("profileId", 128)) ? Done()
            : throw GatewayException.Invalid("there is no token of that person")) with { IsAdvertised = false },
        new GatewayMethod("gateway.token.rotate", Scope.Admin, call => Task.FromResult(RotateSharedToken(call))) { IsAdvertised = false },
    ];

    private byte[] SetPreferences(GatewayCall call)
    {
        var entries = Entries("entries") ?? throw call.Params.Fault("must have required property 'entries'");
        if (entries.Count is 0 or > MostPreferences || entries.Any(entry => entry.Key.Length is 0 or > LongestPreference)) throw call.Params.Fault($"at /entries: 1 to {MostPreferences} names of up to {LongestPreference} characters");
        var person = call.Principal.PersonId;
        if (!_preferences.TrySet(person, entries, Entries("expectedEntries"))) return FrameWriter.Payload(to => to.Add("status", "conflict"));
        _context.Hub.Broadcast("users.prefs.changed", FrameWriter.Payload(to => to.Add("profileId", person).Add("keys", [.. entries.Select(entry => entry.Key)])), connection => connection.Principal!.PersonId == person);
        return FrameWriter.Payload(to => to.Add("status", "ok"));

        JsonObject? Entries(string name) => call.Params.Any(name) is { ValueKind: JsonValueKind.Object } sent ? JsonNode.Parse(sent.GetRawText())!.AsObject() : null;
    }

    private byte[] AddPerson(GatewayCall call)
    {
        var id = call.Params.Text("profileId", 64);
        if (Policy.Find(id) is not null) throw GatewayException.Invalid($"there is a person {id} already");
        return Put(new Person(id, call.Params.OptionalText("role", 128) ?? PersonRole.Guest) { Name = call.Params.OptionalText("displayName", 256), Subject = call.Params.OptionalText("subject", 256) });
    }

    private byte[] SetRole(GatewayCall call) => Put(FindPerson(call.Params.Text("profileId", 128)) with { Role = call.Params.OptionalText("role", 128) ?? PersonRole.Guest });

    private byte[] SetDisplayName(GatewayCall call)
    {
        var person = FindPerson(call.Params.Text("profileId", 128));
        // Of others' names only administrators dispose.
        if (person.Id != call.Principal.PersonId) call.Principal.Require(Scope.Admin);
        return Put(person with { Name = call.Params.OptionalText("displayName", 256) });
    }

    private byte[] Put(Person person)
    {
        _context.Identity.People.Put(person);
        return FrameWriter.Payload(new UserProfileResult(ToProfile(person)));
    }

    private byte[]? RotateSharedToken(GatewayCall call)
    {
        // Answered first: the caller's own connection may rest on the old one.
        call.Respond(FrameWriter.Payload(new PersonToken(Person.OwnerId, _context.Identity.RenewToken(), _context.Now)));
        _context.Hub.Close(connection => connection.Principal!.Method == "token", "the gateway's token was rotated");
        return null;
    }

    private Person FindPerson(string id) => Policy.Find(id) ?? throw GatewayException.Invalid($"unknown profileId: {id}");

    private UserProfile ToProfile(Person person)
    {
        // The configuration keeps no times; a person who can come in has a token that does.
        var since = _context.Identity.People.TokenCreatedAt(person.Id) ?? 0;
        return new UserProfile(person.Id, person.Name, since, since, person.Role);
    }
}
