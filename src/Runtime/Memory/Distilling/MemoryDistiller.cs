using System.Text;
using Microsoft.Extensions.AI;
using Models;
using Models.Generation;
using Models.Generation.Scheduling;
using Runtime.Context;
using Runtime.Memory.Files;
using Runtime.Sessions;

namespace Runtime.Memory.Distilling;

/// <summary>
/// Puts what matters of past days into <c>MEMORY.md</c>: of their notes, and of what a person said in their own conversation. Each day is one
/// atomic write, after which it is not looked at again. Nothing is removed. Notes that are marked as foreign, what tools brought, and what the
/// model said are not looked at: what others wrote does not become what always holds.
/// </summary>
/// <param name="memory">The memory.</param>
/// <param name="time">The clock.</param>
public sealed class MemoryDistiller(AgentMemory memory, TimeProvider time)
{
    // Of a box that was off for long, or has never done this, no more than a week is looked at.
    private const int MostDays = 7;

    private const int LongestSource = 8000, MostTokens = 400;

    /// <summary>The last day that was distilled; null for none.</summary>
    /// <param name="person">Whose memory; null for everybody's.</param>
    /// <exception cref="ModelException">The file cannot be read.</exception>
    public DateOnly? Through(string? person) => DistilledText.Through(memory.Folder.ReadAll(MemoryFolder.LastingOf(person)));

    /// <summary>Whether there is anything to do.</summary>
    /// <param name="person">Whose memory; null for everybody's.</param>
    /// <param name="conversation">What that person said; null where that is nobody's business.</param>
    public bool IsDue(string? person, Session? conversation) => Days(person, conversation).Any();

    /// <summary>Does it.</summary>
    /// <param name="person">Whose memory; null for everybody's.</param>
    /// <param name="conversation">What that person said; null where that is nobody's business.</param>
    /// <param name="client">Who condenses; null to take notes as they stand.</param>
    /// <param name="budget">Tokens, read and written, after which the rest is left for the next time.</param>
    /// <param name="cancellation">Ends it; days that are written stay so.</param>
    /// <exception cref="ModelException">The model cannot answer, or a file cannot be written; days before it are done.</exception>
    public async Task<Distillation> DistillAsync(string? person, Session? conversation, IChatClient? client, long budget, CancellationToken cancellation)
    {
        var (days, tokens, lasting) = (0, 0L, MemoryFolder.LastingOf(person));
        foreach (var (day, notes, said) in Days(person, conversation))
        {
            if (client is not null && tokens >= budget) break;
            var source = Cut($"{notes}\n{said}".Trim());
            IReadOnlyList<string>? facts = null;
            if (client is not null)
            {
                var (answer, spent) = await AskAsync(client, DayFacts.Question(day, source), cancellation);
                tokens += spent;
                facts = DayFacts.OfAnswer(answer, source);
            }
            memory.Rewrite(lasting, text => DistilledText.With(text, day, facts ?? DayFacts.OfNotes(notes)));
            days++;
        }
        return new Distillation(days, tokens);
    }

    // Days that are over and not done, the oldest first, with what there is of them.
    private IEnumerable<(DateOnly Day, string Notes, string Said)> Days(string? person, Session? conversation)
    {
        var today = DateOnly.FromDateTime(time.GetLocalNow().DateTime);
        var first = today.AddDays(-MostDays);
        // A mark of a day to come is one of a clock that went wrong.
        if (Through(person) is { } through && through < today && through >= first) first = through.AddDays(1);
        var spoken = conversation is null || conversation.UpdatedAt < StartOf(first) ? null : conversation.ReadWhole();
        for (var day = first; day < today; day = day.AddDays(1))
        {
            var notes = string.Join('\n', NoteLines.Of(NoteLines.WithoutForeign(memory.Folder.ReadAll(MemoryFolder.DailyOf(day, person)))).Select(line => $"- {DataText.Neutral(line)}"));
            var (from, to) = (StartOf(day), StartOf(day.AddDays(1)));
            var said = spoken is null ? "" : string.Join('\n', spoken.Where(message => message.Ts >= from && message.Ts < to && IsOwnWord(message)).Select(message => $"- {DataText.Neutral(message.Text.ReplaceLineEndings(" "))}"));
            if (notes.Length > 0 || said.Length > 0) yield return (day, notes, said);
        }
    }

    private long StartOf(DateOnly day)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(local, time.LocalTimeZone.GetUtcOffset(local)).ToUnixTimeMilliseconds();
    }

    // Words of a person in a turn of their own: not what a channel, a job, a tool, or an event from outside said.
    private static bool IsOwnWord(SessionMessage message) =>
        message is { Role: SessionMessage.User, OutOfContext: false, Origin: null or { Channel: null, SpawnedBy: null, IsTainted: false } }
        && message.RunId?.Contains(':') != true && !message.Text.StartsWith("System event: ", StringComparison.Ordinal);

    private static string Cut(string source) => source.Length <= LongestSource ? source : source[^LongestSource..];

    private static async Task<(string Answer, long Tokens)> AskAsync(IChatClient client, string question, CancellationToken cancellation)
    {
        var (answer, usage) = (new StringBuilder(), (UsageDetails?)null);
        var options = new ChatOptions { MaxOutputTokens = MostTokens, AdditionalProperties = new() { [ChatOptionKeys.Priority] = RunPriority.Background } };
        await foreach (var update in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, question)], options, cancellation))
        {
            answer.Append(update.Text);
            usage = update.Contents.OfType<UsageContent>().FirstOrDefault()?.Details ?? usage;
        }
        // Where nobody counts: four characters a token, about.
        return (answer.ToString(), (usage?.InputTokenCount ?? question.Length / 4) + (usage?.OutputTokenCount ?? answer.Length / 4));
    }
}
