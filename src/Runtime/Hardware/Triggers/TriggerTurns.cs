using Models;
using Runtime.Agents;
using Runtime.Agents.Turns;
using Runtime.Hardware.Board;
using Runtime.Schedule;

namespace Runtime.Hardware.Triggers;

/// <summary>
/// Does what triggers begin: a turn of an agent, in a session of the trigger's own and with the rights of the channel <c>hardware</c>, or a run
/// of a job. Safe for several threads.
/// </summary>
/// <param name="agents">Whose turns.</param>
/// <param name="turns">Where they run.</param>
/// <param name="cron">The jobs.</param>
/// <param name="board">Hears of what could not begin.</param>
public sealed class TriggerTurns(AgentBook agents, TurnRunner turns, CronService cron, HardwareBoard board)
{
    /// <summary>The channel of these turns in the policy.</summary>
    public const string Channel = "hardware";

    /// <summary>Begins it, on a thread of its own: who tells of a change does not wait for a disk.</summary>
    public void Begin(TriggerFired fired) => _ = Task.Run(() =>
    {
        try
        {
            Start(fired);
        }
        catch (ModelException e)
        {
            board.Tell(new(HardwareEvent.Failed, fired.Settings.Name, fired.Value) { Detail = e.Message });
        }
    });

    private void Start(TriggerFired fired)
    {
        var (trigger, name) = (fired.Settings, fired.Settings.Agent);
        if (trigger.Job is { } wanted)
        {
            var job = cron.Book.List().FirstOrDefault(j => j.Id == wanted) ?? cron.Book.List().FirstOrDefault(j => j.Name == wanted) ?? throw new ScheduleException($"There is no job {wanted}; `appliance cron list` names them.");
            cron.RunNow(job);
        }
        if (fired.Text is not { } text) return;
        var agent = (name is null ? agents.Default : agents.Find(name)) ?? throw new HardwareException($"There is no agent {name}.");
        turns.Start(agent.Sessions.GetOrCreate($"agent:{agent.Id}:{Channel}:{trigger.Name.ToLowerInvariant()}"), $"{Channel}-{Guid.NewGuid():N}", text, null, new TurnOrigin { Channel = Channel, IsBackground = true });
    }
}
