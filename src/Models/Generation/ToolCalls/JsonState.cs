namespace Models.Generation.ToolCalls;

/// <summary>Where a <see cref="JsonScanner"/> stands.</summary>
internal enum JsonState : byte
{
    /// <summary>Before a value.</summary>
    Value,

    /// <summary>Before an array's first value or its end.</summary>
    FirstItem,

    /// <summary>Before an object's first member or its end.</summary>
    FirstKey,

    /// <summary>Before a member.</summary>
    NextKey,

    /// <summary>In a member's name.</summary>
    Key,

    /// <summary>Before the colon.</summary>
    Colon,

    /// <summary>In a string value.</summary>
    String,

    /// <summary>In a number.</summary>
    Number,

    /// <summary>In true, false or null.</summary>
    Literal,

    /// <summary>After a value inside an array or object.</summary>
    AfterValue,

    /// <summary>After the whole value.</summary>
    End,
}
