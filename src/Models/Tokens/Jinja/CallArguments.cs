namespace Models.Tokens.Jinja;

/// <summary>The values of a call's arguments.</summary>
internal sealed class CallArguments(object[] positional, IReadOnlyList<KeyValuePair<string, object>> named)
{
    public static CallArguments Empty { get; } = new([], []);

    public object[] Positional => positional;

    public IReadOnlyList<KeyValuePair<string, object>> Named => named;

    /// <summary>Assigns the arguments to parameters, null where one is left out.</summary>
    /// <exception cref="TemplateException">There are too many arguments, an unknown or repeated one, or a required one is missing.</exception>
    public object?[] Bind(RenderContext context, string function, int required, params ReadOnlySpan<string> parameters)
    {
        if (positional.Length > parameters.Length) throw context.Error($"'{function}' takes at most {parameters.Length} arguments, not {positional.Length}.");
        var values = new object?[parameters.Length];
        positional.CopyTo(values, 0);
        foreach (var (name, value) in named)
        {
            var at = parameters.IndexOf(name);
            if (at < 0) throw context.Error($"'{function}' has no argument named '{name}'.");
            if (values[at] is not null) throw context.Error($"the argument '{name}' of '{function}' is given twice.");
            values[at] = value;
        }
        for (var i = 0; i < required; i++)
        {
            if (values[i] is null) throw context.Error($"'{function}' needs the argument '{parameters[i]}'.");
        }
        return values;
    }

    /// <summary>The positional arguments of a function that takes no named ones.</summary>
    /// <exception cref="TemplateException">There are named arguments, or fewer or more positional ones than the function takes.</exception>
    public object[] BindPositional(RenderContext context, string function, int required, int most)
    {
        RequireNoNames(context, function);
        if (positional.Length < required || positional.Length > most)
            throw context.Error($"'{function}' takes {(required == most ? $"{most}" : $"{required} to {most}")} arguments, not {positional.Length}.");
        return positional;
    }

    public void RequireNoNames(RenderContext context, string function)
    {
        if (named.Count > 0) throw context.Error($"'{function}' has no argument named '{named[0].Key}'.");
    }
}
