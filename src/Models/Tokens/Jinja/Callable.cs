namespace Models.Tokens.Jinja;

/// <summary>A value that can be called: a macro, a global function, a method of a value.</summary>
internal abstract class Callable
{
    public abstract string Name { get; }

    public abstract object Call(RenderContext context, CallArguments arguments);
}

internal sealed class Function(string name, Func<RenderContext, CallArguments, object> body) : Callable
{
    public override string Name => name;

    public override object Call(RenderContext context, CallArguments arguments) => body(context, arguments);
}

internal delegate object Method<in T>(RenderContext context, T self, CallArguments arguments);

internal sealed class BoundMethod<T>(string name, T self, Method<T> body) : Callable
{
    public override string Name => name;

    public override object Call(RenderContext context, CallArguments arguments) => body(context, self, arguments);
}
