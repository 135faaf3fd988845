using System.Text;
using Models.Generation.Grammar;

namespace Models.Generation.Copying;

/// <summary>Changes the logits of one generation by a model's <see cref="CallHints"/>.</summary>
internal sealed class CallBias
{
    private readonly CallHints _hints;
    private readonly TokenVocabulary _vocabulary;
    private readonly byte[] _conversation;
    private readonly ArgumentPlace _place = new();
    private readonly int _begin;
    private readonly KnownWords? _known;
    private bool _hasBegun, _isCall;
    private CopiedWords _words = new([]);

    // Bytes of the argument that are still to come before what is copied; -1 outside of those that are.
    private int _ahead = -1;

    /// <summary>Begins.</summary>
    /// <param name="hints">The hints.</param>
    /// <param name="begin">The token that begins a call; -1 where the vocabulary has none.</param>
    /// <param name="conversation">The prompt as text.</param>
    /// <param name="vocabulary">The tokens.</param>
    public CallBias(CallHints hints, int begin, byte[] conversation, TokenVocabulary vocabulary) =>
        (_hints, _begin, _conversation, _vocabulary, _known) = (hints, begin, conversation, vocabulary, hints.Words is { } words ? new(conversation, Encoding.UTF8.GetBytes(words)) : null);

    /// <summary>Takes the token that came.</summary>
    public void Accept(int token)
    {
        _hasBegun = true;
        // What it says is said before a call.
        _isCall |= token == _begin;
        if (token >= _vocabulary.Count) return;
        var bytes = _vocabulary.Bytes(token);
        if (!_isCall) _known?.Take(bytes);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (_ahead == 0) _words.Take(bytes.Slice(i, 1));
            else if (_ahead > 0) _ahead--;
            var before = _place.Argument;
            _place.Take(bytes[i]);
            if (_place.Argument is not { } argument) _ahead = -1;
            else if (before is null && _hints.Copied.TryGetValue(argument, out var ahead))
            {
                _ahead = Encoding.UTF8.GetByteCount(ahead);
                // Its own words are no phrase.
                _words = new(_hints.Own.TryGetValue(argument, out var own) ? [.. _conversation, (byte)'\n', .. Encoding.UTF8.GetBytes(own.Replace(' ', '\n'))] : _conversation, _hints.Whole.Contains(argument));
            }
        }
    }

    /// <summary>Changes the logits of the next token.</summary>
    public void Apply(Span<float> logits)
    {
        if (!_hasBegun && (uint)_begin < (uint)logits.Length) logits[_begin] += _hints.Bias;
        if (!_isCall && _known is not null)
        {
            for (var token = 0; token < Math.Min(logits.Length, _vocabulary.Count); token++)
                if (token != _begin && _vocabulary.Bytes(token) is var bytes && !(bytes.IsEmpty ? _known.IsWhole : _known.Fits(bytes))) logits[token] -= _hints.Penalty * CopiedWords.BrokenWord;
        }
        if (_ahead != 0) return;
        for (var token = 0; token < Math.Min(logits.Length, _vocabulary.Count); token++)
            if (!float.IsNegativeInfinity(logits[token])) logits[token] -= _hints.Penalty * _words.Cost(_vocabulary.Bytes(token));
    }
}
