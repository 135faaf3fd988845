namespace Models.Tokens.Jinja;

/// <summary>What lazy filters such as <c>map</c> give: items that can be iterated once, and count as true even where there are none.</summary>
internal sealed class PyGenerator(IEnumerable<object> items)
{
    private readonly IEnumerator<object> _items = items.GetEnumerator();

    /// <summary>The items that nobody has taken yet.</summary>
    public IEnumerator<object> Rest => _items;
}
