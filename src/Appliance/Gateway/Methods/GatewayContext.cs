using Appliance.Config;
using Appliance.Gateway.Connections;
using Appliance.Gateway.Identity;
using Appliance.Hardware;
using Appliance.Hosting;
using Appliance.Http.Canvas;
using Models;
using Models.Egress;
using Models.Generation;
using Models.Routing.Execution;
using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Approvals;
using Runtime.Canvas;
using Runtime.Exec.Rules;
using Runtime.Memory;
using Runtime.Messages;
using Runtime.Messages.Telegram;
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

    /// <summary>Panels beside conversations.</summary>
    public required CanvasBook Canvas { get; init; }

    /// <summary>What is answered without a model.</summary>
    public required ReflexBook Reflexes { get; init; }

    /// <summary>What is wired to the box.</summary>
    public required BoxHardware Hardware { get; init; }

    /// <summary>Where panels are found.</summary>
    public CanvasTickets Tickets { get; } = new(Time);

    /// <summary>What agents may run.</summary>
    public required ExecRulesFile CommandRules { get; init; }

    /// <summary>What agents do by themselves.</summary>
    public required Heartbeats Heartbeats { get; init; }

    /// <summary>What agents do at given times.</summary>
    public required CronService Cron { get; init; }

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
