using System.Text;
using FashionCnn.Compiler.Show;

namespace FashionCnn.Interchange.Structure;

/// <summary>A piece of a spec's text, which knows how many lines it takes in the layout of specs.</summary>
internal abstract class Piece
{
    /// <summary>Its characters in one line.</summary>
    public abstract int Length { get; }

    /// <summary>Objects that are items of its arrays, those of arrays in arrays included.</summary>
    protected virtual int Items => 0;

    /// <summary>No array in it has two objects.</summary>
    protected virtual bool FitsLine => true;

    /// <summary>The lines that it takes.</summary>
    /// <param name="indent">The spaces before it.</param>
    /// <param name="key">The characters of its key, if any.</param>
    public int Lines(int indent, int key = 0) =>
        FitsLine && indent + key + Length + 1 <= SpecLayout.LineLength ? 1 : LinesWithin(indent);

    public abstract void Write(StringBuilder text);

    protected abstract int LinesWithin(int indent);

    /// <summary>A scalar, or anything else that is written already.</summary>
    internal sealed class Raw(string text) : Piece
    {
        public override int Length => text.Length;

        public override void Write(StringBuilder text1) => text1.Append(text);

        protected override int LinesWithin(int indent) => 1;
    }

    internal sealed class Object(IReadOnlyList<(string Key, Piece Value)> members) : Piece
    {
        public override int Length { get; } = members.Count == 0 ? 2 : 2 + (2 * members.Count) + members.Sum(member => member.Key.Length + 4 + member.Value.Length);

        protected override bool FitsLine { get; } = members.All(member => member.Value.FitsLine);

        public override void Write(StringBuilder text)
        {
            for (var i = 0; i < members.Count; i++)
            {
                text.Append(i == 0 ? "{ \"" : ", \"").Append(members[i].Key).Append("\": ");
                members[i].Value.Write(text);
            }

            text.Append(members.Count == 0 ? "{}" : " }");
        }

        protected override int LinesWithin(int indent) => 2 + members.Sum(member => member.Value.Lines(indent + 2, member.Key.Length + 4));
    }

    internal sealed class Array(IReadOnlyList<Piece> items) : Piece
    {
        public override int Length { get; } = items.Count == 0 ? 2 : (2 * items.Count) + items.Sum(item => item.Length);

        protected override int Items { get; } = items.Sum(item => item is Object ? 1 : item.Items);

        protected override bool FitsLine => Items < 2 && items.All(item => item.FitsLine);

        public override void Write(StringBuilder text)
        {
            text.Append('[');
            for (var i = 0; i < items.Count; i++)
            {
                text.Append(i == 0 ? string.Empty : ", ");
                items[i].Write(text);
            }

            text.Append(']');
        }

        protected override int LinesWithin(int indent) => 2 + (items.All(item => item is Raw) ? (Length / (SpecLayout.LineLength - indent - 2)) + 1 : items.Sum(item => item.Lines(indent + 2)));
    }
}
