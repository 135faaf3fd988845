using System.Text;
using Microsoft.Extensions.AI;

namespace Appliance.Http;

/// <summary>An answer put together from its pieces. Not safe for several threads.</summary>
internal sealed class WholeAnswer
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _reasoning = new();
    private readonly List<FunctionCallContent> _calls = [];

    /// <summary>The text; may be empty.</summary>
    public string Text => _text.ToString();

    /// <summary>The thinking, or null where there was none.</summary>
    public string? Reasoning => _reasoning.Length > 0 ? _reasoning.ToString() : null;

    /// <summary>The calls of tools, in their order.</summary>
    public IReadOnlyList<FunctionCallContent> Calls => _calls;

    /// <summary>How it ended; null until the last piece.</summary>
    public AnswerEnd? End { get; private set; }

    /// <summary>Who said it, as it calls itself; null where it does not.</summary>
    public string? Model { get; private set; }

    /// <summary>Adds the next piece.</summary>
    public void Add(AnswerPiece piece)
    {
        _text.Append(piece.Text);
        _reasoning.Append(piece.Reasoning);
        if (piece.Call is not null) _calls.Add(piece.Call);
        End = piece.End;
        Model = piece.Model ?? Model;
    }
}
