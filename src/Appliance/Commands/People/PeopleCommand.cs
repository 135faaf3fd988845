using System.CommandLine;
using Appliance.Client;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;

namespace Appliance.Commands.People;

/// <summary><c>appliance people</c>: who may use this box beside its owner, with which role and which token.</summary>
internal static class PeopleCommand
{
    /// <summary>The command with its subcommands.</summary>
    public static Command Create() => new("people", "Who may use this box beside its owner: list, add, remove, give a role or a token. Asks the running gateway.")
    {
        List(), Add(), Remove(), Role(), Token(),
    };

    private static Command List() => GatewayRequest.Create("list", "List everybody with their role.", "users.list", Scope.Read, [], null, (_, terminal, answer) =>
        terminal.WriteTable(["PERSON", "ROLE", "NAME"], [.. answer.Items("profiles").Select(p => new[] { p.Text("id") ?? "", p.Text("role") ?? "-", p.Text("displayName") ?? "-" })]));

    private static Command Add()
    {
        var (person, role) = (PersonArgument(), new Option<string>("--role") { Description = "Their role: guest (own sessions, no tools to speak of), member (own sessions, an assistant's tools), or owner.", HelpName = "ROLE", DefaultValueFactory = _ => PersonRole.Guest });
        var name = new Option<string?>("--name") { Description = "How they are called.", HelpName = "TEXT" };
        var subject = new Option<string?>("--subject") { Description = "The subject (sub) of their JWTs.", HelpName = "TEXT" };
        return GatewayRequest.Create("add", "Let somebody use this box. They get in with a token (`people token PERSON`) or a device's code (`qr --person PERSON`).", "people.add", Scope.Admin,
            [person, role, name, subject],
            (parsed, to) => to.Add("profileId", parsed.GetValue(person)).Add("role", parsed.GetValue(role)).Add("displayName", parsed.GetValue(name)).Add("subject", parsed.GetValue(subject)),
            (parsed, terminal, answer) => terminal.WriteLine($"{parsed.GetValue(person)} is a {answer.Member("profile").Text("role")}"));
    }

    private static Command Remove()
    {
        var person = PersonArgument();
        return GatewayRequest.Create("remove", "Take somebody's rights, token and devices away, at once.", "people.remove", Scope.Admin, [person],
            (parsed, to) => to.Add("profileId", parsed.GetValue(person)), (parsed, terminal, _) => terminal.WriteLine($"removed {parsed.GetValue(person)}"));
    }

    private static Command Role()
    {
        var (person, role) = (PersonArgument(), new Argument<string>("role") { HelpName = "ROLE", Description = "guest, member, owner, or one of the configuration's." });
        return GatewayRequest.Create("role", "Give somebody another role; what they have open is closed.", "users.setRole", Scope.Admin, [person, role],
            (parsed, to) => to.Add("profileId", parsed.GetValue(person)).Add("role", parsed.GetValue(role)),
            (parsed, terminal, answer) => terminal.WriteLine($"{parsed.GetValue(person)} is a {answer.Member("profile").Text("role")}"));
    }

    private static Command Token()
    {
        var person = PersonArgument();
        var revoke = new Option<bool>("--revoke") { Description = "Take the token away instead." };
        var command = new Command("token", "Make a token for somebody, shown this once; the one before stops working at once.") { person, revoke };
        var gateway = new GatewayArguments(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var client = await gateway.ConnectAsync(parsed, cancellation, Scope.Admin);
            var revokes = parsed.GetValue(revoke);
            var answer = await client.RequestAsync(revokes ? "people.token.revoke" : "people.token.rotate", to => to.Add("profileId", parsed.GetValue(person)), cancellation);
            var terminal = Terminal.Of(parsed);
            if (gateway.Json(parsed)) terminal.WriteJson(answer);
            else if (revokes) terminal.WriteLine($"{parsed.GetValue(person)} has no token any more");
            else terminal.WriteLine($"token of {parsed.GetValue(person)}, shown this once: {answer.Text("token")}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Argument<string> PersonArgument() => new("person") { HelpName = "PERSON", Description = "Their id: lower-case letters, digits, - and _." };
}
