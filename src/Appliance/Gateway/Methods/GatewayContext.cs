using Appliance.Config;
using Appliance.Config.Sections;
using Appliance.Gateway.Connections;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;
using Appliance.Hardware;
using Appliance.Hosting;
using Appliance.Http.Canvas;
using Models;
using Models.Egress;
using Models.Generation;
using Models.Routing.Execution;
using Runtime.Agents;
using Runtime.Agents.Routing;
using Runtime.Agents.Turns;
using Runtime.Approvals;
using Runtime.Canvas;
using Runtime.Exec.Rules;
using Runtime.Mcp;
using Runtime.Memory;
using Runtime.Messages;
using Runtime.Messages.Telegram;
using Runtime.Outbox;
using Runtime.Questions;
using Runtime.Reflexes;
using Runtime.Schedule;
using Runtime.Schedule.Distilling;
using Runtime.Schedule.Heartbeat;
using Runtime.Tools;

namespace Appliance.Gateway.Methods;

/// <summary>What the methods work with.</summary>
internal sealed record GatewayContext(
    IModelHost Models, ServerOptions Options, ConnectionHub Hub, PairingBook Pairing, AgentBook Agents, ToolRunner Tools, TurnRunner Turns, GatewayLog Log, TimeProvider Time)
{
    /// <summary>The sessions of every agent.</summary>
    public AgentSessions Sessions => Agents.Sessions;

    /// <summary>Who may come in, and what they may do.</summary>
    public required GatewayIdentity Identity { get; init; }

    /// <summary>Where people are asked.</summary>
    public required ApprovalBook Approvals { get; init; }

    /// <summary>The owner's rules for what may leave the machine.</summary>
    public required EgressPolicy Egress { get; init; }

    /// <summary>What agents remember.</summary>
    public required MemoryBook Memory { get; init; }

    /// <summary>What puts it in order at night.</summary>
    public required MemoryNights Nights { get; init; }

    /// <summary>Where the owner is asked for answers.</summary>
    public required QuestionBook Questions { get; init; }

    /// <summary>The way of messages to people.</summary>
    public required MessageDelivery Messages { get; init; }

    /// <summary>The way of messages by Telegram.</summary>
    public required TelegramChannel Telegram { get; init; }

    /// <summary>What waits to leave the box.</summary>
    public required OutboxBook Outbox { get; init; }

    /// <summary>Panels beside conversations.</summary>
    public required CanvasBook Canvas { get; init; }

    /// <summary>What is answered without a model.</summary>
    public required ReflexBook Reflexes { get; init; }

    /// <summary>What is wired to the box.</summary>
    public required BoxHardware Hardware { get; init; }

    /// <summary>MCP servers.</summary>
    public required McpBook Mcp { get; init; }

    /// <summary>Where panels are found.</summary>
    public CanvasTickets Tickets { get; } = new(Time);

    /// <summary>What agents may run.</summary>
    public required ExecRulesFile CommandRules { get; init; }

    /// <summary>What agents do by themselves.</summary>
    public required Heartbeats Heartbeats { get; init; }

    /// <summary>What agents do at given times.</summary>
    public required CronService Cron { get; init; }

    /// <summary>The agent for what names none: by the owner's bindings, else the box's first.</summary>
    /// <exception cref="ModelException">The binding says that this is not answered.</exception>
    public string AgentFor(Arrival arrival)
    {
        if (Config.Config.Bindings.Count == 0) return Agents.Default.Id;
        var (agent, answers) = BindingConfig.Router(Config.Config).Route(arrival);
        // An agent's own activation is asked for where a turn begins.
        return answers || Agents.Find(agent)?.Settings.Activation == Activation.Scheduled ? agent : throw new ModelException($"The agent {agent} does not answer what comes this way: its entry in the section bindings says scheduled.");
    }

    /// <summary>The same for a client of the gateway's own, which is on the channel <c>webchat</c> (OpenClaw's word for it).</summary>
    public string AgentFor(Principal principal, string? clientId) =>
        AgentFor(new Arrival { Channel = "webchat", Account = clientId, Peer = principal.DeviceId, Person = principal.PersonId == Person.OwnerId ? null : principal.PersonId });

    /// <summary>Unix milliseconds.</summary>
    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What is configured.</summary>
    public ConfigStore Config { get; } = Options.Config!;

    /// <summary>Where state lives.</summary>
    public string Home => Models.Store.Home;

    /// <summary>The name of a model that is asked for, here or elsewhere; null asks for the default.</summary>
    /// <exception cref="ModelException">There is none of that name.</exception>
    public string ModelName(string? name) => name is not null && Config.Config.Models.Targets is { Count: > 0 } targets && (targets.ContainsKey(name) || RoutedModels.IsOpen(name, out _)) ? name : Models.Store.Get(name).Manifest.Name;
}
