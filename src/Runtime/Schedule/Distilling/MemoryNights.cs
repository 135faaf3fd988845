using System.Globalization;
using Microsoft.Extensions.AI;
using Models;
using Models.Generation;
using Models.Store;
using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Memory;
using Runtime.Memory.Distilling;
using Runtime.Memory.Files;
using Runtime.Schedule.Jobs;
using Runtime.Sessions;

namespace Runtime.Schedule.Distilling;

/// <summary>
/// Puts the memories of agents in order at night: past days are distilled, old notes archived. A night that was missed is made up for in the
/// next one. Where no model is installed it rests, and where nothing is due nothing is spent. Safe for several threads.
/// </summary>
/// <param name="agents">Whose memories.</param>
/// <param name="memories">Them.</param>
/// <param name="turns">Who comes first: nothing is begun while somebody waits for an answer.</param>
/// <param name="models">Who condenses.</param>
/// <param name="notes">Where it is kept what was spent.</param>
/// <param name="settings">The settings of now.</param>
/// <param name="time">The clock.</param>
public sealed class MemoryNights(
    AgentBook agents, MemoryBook memories, TurnRunner turns, IModelHost models, JobNotes notes, Func<NightSettings> settings, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(30);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private ITimer? _timer;

    /// <summary>The conversations whose words may be remembered, and for whom; null for everybody. By the agent's id.</summary>
    public Func<string, IEnumerable<(string SessionKey, string? Person)>> Conversations { get; init; } = agent => [(SessionKey.MainOf(agent), null)];

    /// <summary>True while the machine is spared: nothing is begun by itself.</summary>
    public Func<bool> Rests { get; init; } = () => false;

    /// <summary>The model of agents that name none; null leaves it to the store.</summary>
    public string? DefaultModel { get; init; }

    /// <summary>Hears of everything that was done, and of what failed.</summary>
    public event Action<NightEvent>? Happened;

    /// <summary>Hears of faults.</summary>
    public event Action<Exception>? Faulted;

    /// <summary>The last of them; null before the first.</summary>
    public NightEvent? Last { get; private set; }

    /// <summary>Begins to look.</summary>
    public void Start()
    {
        _timer = time.CreateTimer(_ => Begin(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(Look, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Does what is due for every agent, if it is time.</summary>
    public async Task LookAsync()
    {
        if (!settings().IsOn || !settings().Hours.IsActive(settings().Hours.Local(time.GetUtcNow()))) return;
        foreach (var agent in agents.All) await RunAsync(agent, isAsked: false);
    }

    /// <summary>Does what is due for one agent.</summary>
    /// <param name="agent">It.</param>
    /// <param name="isAsked">True where somebody asked for it: without a model notes are taken as they stand then, and no budget counts.</param>
    public async Task<IReadOnlyList<NightEvent>> RunAsync(Agent agent, bool isAsked)
    {
        await _turn.WaitAsync(_stop.Token);
        try
        {
            var events = new List<NightEvent>();
            foreach (var (person, conversation) in Parts(agent))
            {
                var happened = await RunAsync(agent, person, conversation, isAsked);
                events.Add(happened);
                if (happened.Status == "skipped") continue;
                Last = happened;
                Happened?.Invoke(happened);
            }
            return events;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _timer?.Dispose();
    }

    // Everybody's memory and each person's own, with the conversation that belongs to it where there is one.
    private IEnumerable<(string? Person, Session? Conversation)> Parts(Agent agent)
    {
        if (!Directory.Exists(agent.Workspace)) return [];
        var said = Conversations(agent.Id).ToList();
        var people = said.Select(one => one.Person).Concat(memories.Of(agent.Id).Folder.All().Select(file => MemoryFolder.OwnerOf(file.Path) is { Length: > 0 } person ? person : null)).Prepend(null).Distinct();
        return people.Select(person => (person, said.Where(one => one.Person == person).Select(one => agent.Sessions.Find(one.SessionKey)).FirstOrDefault()));
    }

    private async Task<NightEvent> RunAsync(Agent agent, string? person, Session? conversation, bool isAsked)
    {
        var now = time.GetUtcNow();
        var skipped = new NightEvent(agent.Id, person, now.ToUnixTimeMilliseconds(), "skipped");
        try
        {
            var (memory, night) = (memories.Of(agent.Id), $"night {now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}");
            var distiller = new MemoryDistiller(memory, time);
            var (done, reason) = (new Distillation(0, 0), "nothing-due");
            var spent = isAsked ? 0 : notes.Spent(SpentBy(agent), night);
            if (distiller.IsDue(person, conversation))
            {
                var client = await ClientAsync(agent);
                if (client is null && !isAsked) reason = "no-model";
                else if (!isAsked && spent >= settings().TokensPerNight) reason = "token-budget";
                else if (!isAsked && turns.Active.Count > 0) reason = "requests-in-flight";
                else if (!isAsked && Rests()) reason = "machine-spared";
                else done = await distiller.DistillAsync(person, conversation, client, isAsked ? long.MaxValue : settings().TokensPerNight - spent, _stop.Token);
                if (done.Tokens > 0) notes.Spend(SpentBy(agent), night, done.Tokens, 0);
            }
            var archived = Archive(memory, person, distiller.Through(person));
            return done.Days == 0 && archived == 0 ? skipped with { Reason = reason } : skipped with { Status = "done", Days = done.Days, Tokens = done.Tokens, Archived = archived };
        }
        catch (ModelException e)
        {
            return skipped with { Status = "failed", Reason = e.Message };
        }
    }

    // Only what was distilled: what nobody has looked at yet stays in sight.
    private int Archive(AgentMemory memory, string? person, DateOnly? through)
    {
        if (settings().KeepDays <= 0 || through is not { } last) return 0;
        var old = DateOnly.FromDateTime(time.GetLocalNow().DateTime).AddDays(-settings().KeepDays);
        return memory.Archive(person, old <= last ? old : last.AddDays(1));
    }

    private async Task<IChatClient?> ClientAsync(Agent agent)
    {
        var name = agent.Settings.Model ?? DefaultModel;
        if (name is null && models.Store.Newest(ModelKind.Decoder) is null) return null;
        return await models.GetChatClientAsync(name, _stop.Token);
    }

    private static string SpentBy(Agent agent) => $"{agent.Id} memory";

    private void Begin() => _ = Task.Run(async () =>
    {
        try
        {
            await LookAsync();
        }
        catch (OperationCanceledException)
        {
            // The box ends; the rest is done the next time.
        }
        catch (Exception e)
        {
            Faulted?.Invoke(e);
        }
        finally
        {
            try { _timer?.Change(Look, Timeout.InfiniteTimeSpan); }
            catch (ObjectDisposedException) { }
        }
    });
}
