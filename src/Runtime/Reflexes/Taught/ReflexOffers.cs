using System.Collections.Concurrent;
using Models;
using Runtime.Agents;
using Runtime.Questions;

namespace Runtime.Reflexes.Taught;

/// <summary>
/// Asks the owner whether what was answered the same three times is to be a reflex. Nothing becomes one by itself: without a yes it stays an
/// offer, which stands in the agent's files and does nothing. Safe for several threads.
/// </summary>
/// <param name="book">The reflexes.</param>
/// <param name="questions">Where the owner is asked.</param>
/// <param name="agents">Whose they are.</param>
public sealed class ReflexOffers(ReflexBook book, QuestionBook questions, AgentBook agents)
{
    private const string Item = "reflex", Yes = "Yes", No = "No";

    private readonly ConcurrentDictionary<string, ReflexOffer> _asked = new(StringComparer.Ordinal);

    /// <summary>Hears of faults that are no one's request.</summary>
    public event Action<Exception>? Faulted;

    /// <summary>Asks about an offer, where somebody is there; otherwise it is found in the list.</summary>
    public void Offered(ReflexOffer offer)
    {
        if (!questions.IsAnybodyThere()) return;
        var what = offer.Reflex.Tool is { } tool ? $"It would call {tool} {offer.Reflex.Arguments}." : $"It would answer: {(offer.Reflex.Answers is [var first, ..] ? first : "")}";
        var item = new QuestionItem(Item, "Reflex", $"\"{offer.Said}\" came to the same three times. Do it at once from now on, without a model? {what}", [(Yes, "It becomes a reflex."), (No, "It is not offered again.")], IsMulti: false, IsOther: false);
        try
        {
            var id = Guid.NewGuid().ToString();
            _asked[id] = offer;
            questions.Ask(id, [item], QuestionBook.Longest, new QuestionOrigin(offer.Agent, offer.SessionKey, null));
        }
        catch (ModelException)
        {
            // Too much is asked already: the list has it.
        }
    }

    /// <summary>Hears how a question ended.</summary>
    public void Resolved(Question question)
    {
        if (!_asked.TryRemove(question.Id, out var offer) || agents.Find(offer.Agent) is not { } agent || question.Answers?.GetValueOrDefault(Item) is not [var answer]) return;
        try { book.Enable(agent, offer.Reflex.Name, answer == Yes); }
        catch (ModelException e) { Faulted?.Invoke(e); }
    }
}
