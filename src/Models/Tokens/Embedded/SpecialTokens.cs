using System.Text.Json.Nodes;

namespace Models.Tokens.Embedded;

/// <summary>The special tokens of a GGUF vocabulary, as the parts of <c>tokenizer.json</c> and <c>tokenizer_config.json</c> that speak of them.</summary>
internal sealed class SpecialTokens
{
    private readonly EmbeddedVocabulary _vocabulary;
    private readonly string? _bos;
    private readonly string? _eos;
    private readonly bool _addBos;
    private readonly bool _addEos;

    /// <summary>Takes the ids of the tokens, null where there is none, and which of them encoding adds.</summary>
    /// <exception cref="TokenizerException">An id is out of range.</exception>
    public SpecialTokens(EmbeddedVocabulary vocabulary, int? unknown, int? bos, int? eos, bool addBos, bool addEos)
    {
        _vocabulary = vocabulary;
        (Unknown, _bos, _eos) = (Content("unknown", unknown), Content("BOS", bos), Content("EOS", eos));
        (_addBos, _addEos) = (addBos && _bos is not null, addEos && _eos is not null);
    }

    /// <summary>Content of the unknown token, or null.</summary>
    public string? Unknown { get; }

    /// <summary>The <c>added_tokens</c>: control tokens, which are special, and those a user defined, which are not.</summary>
    public JsonArray AddedTokens()
    {
        var added = new JsonArray();
        for (var id = 0; id < _vocabulary.Tokens.Count; id++)
        {
            var content = _vocabulary.Tokens[id];
            var special = content == Unknown || content == _bos || content == _eos || TokenType.Of(_vocabulary, id) is TokenType.Control or TokenType.Unknown;
            if (content.Length > 0 && (special || TokenType.Of(_vocabulary, id) == TokenType.UserDefined))
                added.Add((JsonNode)new JsonObject
                {
                    ["id"] = id,
                    ["content"] = content,
                    ["single_word"] = false,
                    ["lstrip"] = false,
                    ["rstrip"] = false,
                    ["normalized"] = false,
                    ["special"] = special,
                });
        }
        return added;
    }

    /// <summary>The <c>post_processor</c>.</summary>
    public JsonObject PostProcessor()
    {
        var single = new JsonArray();
        var tokens = new JsonObject();
        if (_addBos)
            Add(_bos!);
        single.Add((JsonNode)new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } });
        if (_addEos)
            Add(_eos!);
        var pair = single.DeepClone().AsArray();
        foreach (var piece in single)
        {
            var second = piece!.DeepClone().AsObject();
            if (second["Sequence"] is { } sequence)
                sequence["id"] = "B";
            second.First().Value!["type_id"] = 1;
            pair.Add((JsonNode)second);
        }
        return new() { ["type"] = "TemplateProcessing", ["single"] = single, ["pair"] = pair, ["special_tokens"] = tokens };

        void Add(string content)
        {
            single.Add((JsonNode)new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = content, ["type_id"] = 0 } });
            tokens[content] = new JsonObject { ["id"] = content, ["ids"] = new JsonArray(IdOf(content)), ["tokens"] = new JsonArray(content) };
        }
    }

    /// <summary>The <c>tokenizer_config.json</c>.</summary>
    /// <param name="tokenizerClass">The class that other readers choose by.</param>
    public JsonObject Config(string tokenizerClass) => new()
    {
        ["add_bos_token"] = _addBos,
        ["add_eos_token"] = _addEos,
        ["bos_token"] = _bos,
        ["eos_token"] = _eos,
        ["unk_token"] = Unknown,
        ["pad_token"] = Content("padding", _vocabulary.Pad),
        ["chat_template"] = _vocabulary.ChatTemplate,
        ["clean_up_tokenization_spaces"] = false,
        ["tokenizer_class"] = tokenizerClass,
    };

    private int IdOf(string content)
    {
        for (var id = _vocabulary.Tokens.Count - 1; ; id--)
            if (_vocabulary.Tokens[id] == content)
                return id;
    }

    private string? Content(string what, int? id) => id switch
    {
        null => null,
        { } index when index >= 0 && index < _vocabulary.Tokens.Count => _vocabulary.Tokens[index],
        _ => throw new TokenizerException($"The model's {what} token has the id {id}, but its tokenizer has only {_vocabulary.Tokens.Count} tokens. The file is damaged; fetch it again."),
    };
}
