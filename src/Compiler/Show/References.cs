namespace FashionCnn.Compiler.Show;

/// <summary>
/// The lines from values to layers that read them by name. They run down beside the layers, each value in a lane that no other takes at
/// the same height.
/// </summary>
internal sealed class References
{
    private readonly Dictionary<string, (double X, double Y)> begins = [];
    private readonly List<(string Value, double X, double Y)> ends = new List<(string, double, double)>();

    /// <summary>A value is below this place.</summary>
    public void Begin(string value, double x, double y) => begins[value] = (x, y);

    /// <summary>A value is read at this place.</summary>
    public void End(string value, double x, double y) => ends.Add((value, x, y));

    /// <summary>All lines, each from a place by way of a lane to another place, and the number of lanes.</summary>
    public (IReadOnlyList<(double X, double Y, int Lane, double ToX, double ToY)> Lines, int Lanes) Lay()
    {
        var lines = new List<(double, double, int, double, double)>();
        // Where the last line of each lane ends.
        var lanes = new List<double>();
        foreach (var group in ends.GroupBy(end => end.Value).OrderBy(group => begins[group.Key].Y))
        {
            var (x, y) = begins[group.Key];
            var lane = lanes.FindIndex(end => end <= y);
            if (lane < 0)
            {
                lane = lanes.Count;
                lanes.Add(0);
            }

            lanes[lane] = group.Max(end => end.Y);
            lines.AddRange(group.Select(end => (x, y, lane, end.X, end.Y)));
        }

        return (lines, lanes.Count);
    }
}
