using System.Text;
using Runtime.Schedule;
using Runtime.Schedule.Jobs;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Schedule;

/// <summary>
/// Lets the agent do something later. What it asks for runs in the conversation it was asked in, with the rights of whoever asked: a job
/// never has more. It acts when nobody looks, so it counts as reaching out, but for what the person said just now: a job of their words, or one that
/// they name. Jobs add no jobs.
/// </summary>
/// <param name="cron">The jobs; asked for when the tool is used.</param>
/// <param name="time">The clock.</param>
public sealed class CronTool(Func<CronService> cron, TimeProvider time) : Tool(
    "cron", "Do something later or regularly.",
    """
    {"type":"object","properties":{"action":{"enum":["add","list","remove","run"]},"when":{"type":"string","description":"ISO time, in 20m, every 2h, or cron expression"},"text":{"type":"string","description":"what to do then"},"id":{"type":"string"}},"required":["action"]}
    """)
{
    private const int MostListed = 50, MostOfOnePerson = 50;

    /// <inheritdoc/>
    public override ToolEffect Effect => ToolEffect.Outward;

    /// <inheritdoc/>
    public override ToolProfile Profile => ToolProfile.Assistant;

    // Only what is listed was written by others, maybe.
    /// <inheritdoc/>
    public override bool ReturnsData => false;

    /// <inheritdoc/>
    public override ToolEffect EffectOf(ToolArguments arguments, ToolContext context) => arguments.OptionalText("action") switch
    {
        "list" => ToolEffect.Reads,
        "remove" when SaidText.HoldsWords(context.Said, arguments.OptionalText("id") ?? arguments.OptionalText("text") ?? "") => ToolEffect.Writes,
        "add" when IsSaid(arguments.OptionalText("text") ?? "", context) => ToolEffect.Writes,
        _ => ToolEffect.Outward,
    };

    /// <inheritdoc/>
    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        // A channel's rules bound what was said in it; a job's turn would come by another.
        if (context.Channel is not null && arguments.Text("action") != "list") throw new ToolException("Jobs are changed in conversations with people at this box, not from here.");
        return Task.FromResult(arguments.Text("action") == "list" ? new ToolResult(List(context)) { IsData = true } : new ToolResult(arguments.Text("action") switch
        {
            "add" => Add(arguments, context),
            "remove" => cron().Remove(Known(arguments, context).Id) ? "Removed." : "It is gone already.",
            "run" => cron().RunNow(Known(arguments, context)) is null ? "It runs already." : "It begins now.",
            var other => throw new ToolException($"There is no action {other}; there are add, list, remove and run."),
        }));
    }

    private string Add(ToolArguments arguments, ToolContext context)
    {
        var text = arguments.Text("text");
        if (Own(context).Count() >= MostOfOnePerson) throw new ToolException($"There are {MostOfOnePerson} jobs already; remove some first.");
        var job = cron().Add(new Job
        {
            Name = Bounded.Begin(text.ReplaceLineEndings(" "), 60),
            Schedule = JobWhen.Parse(arguments.Text("when"), null, time.GetLocalNow()),
            Text = text,
            AgentId = context.Agent,
            SessionKey = context.SessionKey,
            Target = $"session:{context.SessionKey}",
            Person = context.Person,
            IsTainted = context.IsTainted && !IsSaid(text, context),
            DeleteAfterRun = true,
        });
        return $"Added {job.ShortId}. {Due(job)}";
    }

    // What a person said is their own wish, whatever the conversation read before. "Reminder: " is put before it, and a word alone (timer, alarm) asks for nothing.
    private static bool IsSaid(string text, ToolContext context)
    {
        if (text.IndexOf(": ", StringComparison.Ordinal) is > 0 and var at && !text.AsSpan(0, at).Contains(' ')) text = text[(at + 2)..];
        return context.Said.Length > 0 && (SaidText.HoldsWords(context.Said, text) || text.All(char.IsLetter));
    }

    private string List(ToolContext context)
    {
        var text = new StringBuilder();
        foreach (var job in Own(context).Take(MostListed)) text.Append($"{job.ShortId}  {job.Schedule.Expr ?? job.Schedule.At ?? $"every {TimeSpan.FromMilliseconds(job.Schedule.EveryMs ?? 0)}"}  {Due(job)}  {Bounded.Begin(job.Text.ReplaceLineEndings(" "), 80)}\n");
        return text.Length > 0 ? text.ToString() : "There are no jobs.";
    }

    private string Due(Job job) => cron().Next(job) is { } next
        ? $"Next: {TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(next), time.LocalTimeZone):yyyy-MM-dd HH:mm:ss zzz}." : "It does not run any more.";

    private IEnumerable<Job> Own(ToolContext context) =>
        cron().Book.List().Where(job => (job.AgentId is null || job.AgentId == context.Agent) && (context.Person is null || job.Person == context.Person));

    // By its id, or by its text where there is no other of the same.
    private Job Known(ToolArguments arguments, ToolContext context)
    {
        if (arguments.OptionalText("id") is null && arguments.OptionalText("text") is { } text)
        {
            return Own(context).Where(job => job.Text.Equals(text, StringComparison.OrdinalIgnoreCase)).Take(2).ToList() switch
            {
                [var only] => only,
                [] => throw new ToolException($"There is no job that says {text}. The action list names them."),
                _ => throw new ToolException($"Several jobs say {text}; name one by its id. The action list names them."),
            };
        }
        var id = arguments.Text("id");
        return Own(context).Where(job => job.Id == id || (id.Length >= Job.ShortIdLength && job.Id.StartsWith(id, StringComparison.Ordinal))).Take(2).ToList() switch
        {
            [var only] => only,
            [] => throw new ToolException($"There is no job {id}. The action list names them."),
            _ => throw new ToolException($"Several jobs begin with {id}; name one by its text."),
        };
    }
}
