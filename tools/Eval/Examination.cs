using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.AI;

namespace Eval;

/// <summary>Asks a model a set of questions and adds up what came.</summary>
internal static class Examination
{
    // A call and an answer of a few sentences.
    private const int LongestAnswer = 200;

    /// <summary>Asks them, several at once, as the product would: greedily, calls held to their schemas.</summary>
    /// <param name="client">The model.</param>
    /// <param name="questions">The set.</param>
    /// <param name="wrong">Hears of what was wrong.</param>
    public static async Task<IReadOnlyList<(Question Question, Judgement Judgement)>> AskAsync(IChatClient client, IReadOnlyList<Question> questions, Action<Question, ChatMessage>? wrong = null)
    {
        var all = new ConcurrentDictionary<int, (Question, Judgement)>();
        await Parallel.ForAsync(0, questions.Count, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, cancellation) =>
        {
            var question = questions[i];
            var answer = await AnswerAsync(client, question, cancellation);
            var judgement = Judgement.Of(question, answer);
            all[i] = (question, judgement);
            if (!judgement.IsRight) wrong?.Invoke(question, answer);
        });
        return [.. Enumerable.Range(0, questions.Count).Select(i => all[i])];
    }

    /// <summary>Says how many were right, as a row of a table.</summary>
    public static string Share(IEnumerable<bool> right)
    {
        var all = right.ToList();
        return all.Count == 0 ? "– | – | –" : string.Create(CultureInfo.InvariantCulture, $"{all.Count} | {all.Count(r => r)} | {100.0 * all.Count(r => r) / all.Count:0.0} %");
    }

    private static async Task<ChatMessage> AnswerAsync(IChatClient client, Question question, CancellationToken cancellation)
    {
        try
        {
            var response = await client.GetResponseAsync(question.Messages, new ChatOptions { Tools = [.. question.Tools], MaxOutputTokens = LongestAnswer, Temperature = 0 }, cancellation);
            return new ChatMessage(ChatRole.Assistant, [.. response.Messages.SelectMany(message => message.Contents)]);
        }
        catch (Models.ModelException e)
        {
            // A schema that cannot be enforced, a conversation that does not fit: no answer is a wrong one.
            return new ChatMessage(ChatRole.Assistant, [new ErrorContent(e.Message)]);
        }
    }
}
