using System.Collections.Concurrent;
using Models.Egress;
using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Approvals;
using Runtime.Reflexes;
using Runtime.Sessions;
using Runtime.Tools;
using Runtime.Tools.Policy;
using TestKit;

namespace Runtime.Tests.Agents.Turns;

/// <summary>Turns over real files, real tools and a scripted model; it can be restarted.</summary>
internal sealed class TurnBench : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly Tool[] _more;
    private readonly TimeProvider _time;
    private readonly AgentSettings _settings;

    public TurnBench(AgentSettings? settings = null, params Tool[] more)
        : this(TimeProvider.System, settings, more) { }

    public TurnBench(TimeProvider time, AgentSettings? settings = null, params Tool[] more)
    {
        (_time, _settings, _more) = (time, settings ?? new AgentSettings { Tools = new ToolRules { Profile = ToolProfile.Operator } }, more);
        Models = new ScriptedModels(_home.Path);
        Start();
    }

    public ScriptedModels Models { get; }

    public AgentBook Agents { get; private set; } = null!;

    public TurnRunner Turns { get; private set; } = null!;

    public ToolRunner Tools { get; private set; } = null!;

    public ConcurrentQueue<TurnEvent> Events { get; } = new();

    public ConcurrentQueue<Exception> Faults { get; } = new();

    public IToolApprover? Approver { get; set; }

    public ApprovalBook? Approvals { get; set; }

    public ReflexBook Reflexes { get; private set; } = null!;

    public string ReflexFolder => Path.Combine(_home.Path, "agents", "main", "reflexes");

    public Session Main => Agents.Default.Sessions.GetOrCreate(SessionKey.Main);

    public string Workspace => Agents.Default.Workspace;

    public string Text(string name) => File.ReadAllText(Path.Combine(Workspace, name));

    public async Task<TurnResult> AskAsync(string text, string? runId = null, TurnOrigin? origin = null) =>
        await Turns.Start(Main, runId ?? Guid.NewGuid().ToString(), text, onAccepted: null, origin)!.Result;

    /// <summary>As after a restart: nothing but what is on the disk. The old turns go on to their end on their own.</summary>
    public void Restart() => Start();

    public void Dispose()
    {
        Turns.Dispose();
        Models.Dispose();
        _home.Dispose();
    }

    private void Start()
    {
        Agents = new AgentBook(_home.Path, [_settings], _time);
        Tools = new ToolRunner(new ToolTable([.. DefaultTools.All(Agents, () => Turns, new EgressPolicy { Offline = true }, _time), .. _more]), Agents.Policy(), Approver);
        Reflexes = new ReflexBook(_home.Path, _time);
        Turns = new TurnRunner(new TurnServices(Models, Agents, Tools, null, _time) { Reflexes = Reflexes, Approvals = Approvals });
        Turns.Happened += Events.Enqueue;
        Turns.Faulted += Faults.Enqueue;
        Tools.Faulted += Faults.Enqueue;
    }
}
