using Microsoft.Extensions.AI;
using Models.Egress;
using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Approvals;
using Runtime.Browser;
using Runtime.Canvas;
using Runtime.Canvas.A2ui;
using Runtime.Exec.Rules;
using Runtime.Hardware.Board;
using Runtime.Hardware.Power;
using Runtime.Hardware.Simulation;
using Runtime.Memory;
using Runtime.Messages;
using Runtime.Questions;
using Runtime.Sandbox;
using Runtime.Schedule;
using Runtime.Tools;
using Runtime.Tools.Browser;
using Runtime.Tools.Canvas;
using Runtime.Tools.Commands;
using Runtime.Tools.Device;
using Runtime.Tools.Images;
using Runtime.Tools.Inventory;
using Runtime.Tools.Memory;
using Runtime.Tools.Messages;
using Runtime.Tools.Questions;
using Runtime.Tools.Schedule;
using Runtime.Tools.Skills;
using Runtime.Tools.Web.Search;

namespace Appliance.Gateway;

/// <summary>What the tools of this box work with, and the table of them. Each of these begins its work when a call first needs it.</summary>
/// <param name="agents">Whose tools they are.</param>
/// <param name="egress">The owner's rules for what may leave the machine.</param>
/// <param name="time">The clock.</param>
internal sealed class GatewayTools(AgentBook agents, EgressPolicy egress, TimeProvider time)
{
    /// <summary>Runs turns.</summary>
    public required Func<TurnRunner> Turns { get; init; }

    /// <summary>The schedule.</summary>
    public required Func<CronService> Cron { get; init; }

    /// <summary>What agents remember.</summary>
    public required MemoryBook Memory { get; init; }

    /// <summary>How much the machine is spared.</summary>
    public required Func<PowerState> Power { get; init; }

    /// <summary>The way of a command.</summary>
    public required CommandService Commands { get; init; }

    /// <summary>Commands in the background.</summary>
    public required ProcessBook Processes { get; init; }

    /// <summary>The way of a skill's program.</summary>
    public required SkillRunner Skills { get; init; }

    /// <summary>Messages to other conversations.</summary>
    public required MessageDelivery Messages { get; init; }

    /// <summary>Where the web is searched.</summary>
    public required Func<WebSearchSettings?> Search { get; init; }

    /// <summary>The Chromium of the box.</summary>
    public required BrowserHost Browser { get; init; }

    /// <summary>Panels beside conversations.</summary>
    public required CanvasBook Canvas { get; init; }

    /// <summary>Shows a panel on a node: node, conversation, panel.</summary>
    public required Func<string, string, string, A2uiDocument?, CancellationToken, Task> Present { get; init; }

    /// <summary>A model that sees pictures; null where there is none.</summary>
    public required Func<CancellationToken, Task<IChatClient?>> Sees { get; init; }

    /// <summary>Where the owner is asked.</summary>
    public required QuestionBook Questions { get; init; }

    /// <summary>The models of the box.</summary>
    public required Func<ModelInventory> Inventory { get; init; }

    /// <summary>What is wired to the box.</summary>
    public required HardwareBoard Hardware { get; init; }

    /// <summary>Where further tools come from: MCP servers. Null for nowhere.</summary>
    public IToolSource? Further { get; init; }

    /// <summary>The one table, in the order of prompts: for the gateway that calls them, and for whoever shows what a model is told of them.</summary>
    public ToolTable Table() => new(
    [
        .. DefaultTools.All(agents, Turns, egress, time), .. MemoryTools.All(Memory), .. CommandTools.All(Commands, Processes), new SkillRunTool(agents, Skills), new CronTool(Cron, time),
        new MessageTool(agents, Messages), new DeviceStatusTool(Power), new WebSearchTool(Search, egress), new BrowserTool(Browser),
        new CanvasTool(Canvas, Present), new ImageTool(Sees), new AskTool(Questions), new PinTool(Hardware), new SensorTool(Hardware), new BusTool(Hardware), new CameraTool(Hardware), new ModelsTool(Inventory),
    ], Further);

    /// <summary>The table of a home where nothing is called: nothing of what stands behind it is opened.</summary>
    /// <param name="agents">Whose tools they are.</param>
    /// <param name="home">The home.</param>
    /// <param name="hardware">What is wired; null for nothing.</param>
    public static ToolTable ToShow(AgentBook agents, string home, HardwareSettings? hardware = null)
    {
        var board = new HardwareBoard(new SimulatedDevices(), TimeProvider.System);
        board.Set(hardware ?? HardwareSettings.None);
        var (egress, time) = (EgressPolicy.FromEnvironment(), TimeProvider.System);
        var (rules, approvals, sandbox) = (new ExecRulesFile(Path.Combine(home, "exec-approvals.json")), new ApprovalBook(new GrantStore(Path.Combine(home, "exec-grants.json"), time), time), new CommandSandbox());
        return new GatewayTools(agents, egress, time)
        {
            Turns = Never<TurnRunner>,
            Cron = Never<CronService>,
            Memory = new MemoryBook(agents, home, _ => throw new InvalidOperationException("Nothing is called here."), time, _ => { }),
            Commands = new CommandService(rules, approvals, sandbox),
            Processes = new ProcessBook(),
            Skills = new SkillRunner(rules, approvals, sandbox),
            Messages = new MessageDelivery(time),
            Power = Never<PowerState>,
            Search = Never<WebSearchSettings?>,
            Browser = new BrowserHost(Never<BrowserSettings>, egress, time),
            Canvas = new CanvasBook(home),
            Present = (_, _, _, _, _) => Never<Task>(),
            Sees = _ => Never<Task<IChatClient?>>(),
            Questions = new QuestionBook(time),
            Inventory = Never<ModelInventory>,
            Hardware = board,
        }.Table();
    }

    private static T Never<T>() => throw new InvalidOperationException("Nothing is called here.");
}
