namespace Models.Tokens.Jinja;

/// <summary>What <c>namespace()</c> makes: the only value whose attributes can be set.</summary>
internal sealed class PyNamespace(PyDict attributes)
{
    public PyDict Attributes => attributes;

    public void Set(RenderContext context, string name, object value) => attributes.Set(context, name, value);
}
