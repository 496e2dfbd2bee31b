using System.Globalization;
using System.Text;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Code;

/// <summary>Literals and names of generated Python.</summary>
internal static class Python
{
    // Reserved words, and what an nn.Module has already (Torch 1.13 to 2.10): a layer by one of these names would hide it, or be refused.
    private static readonly HashSet<string> Taken =
    [
        "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
        "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
        "add_module", "apply", "bfloat16", "buffers", "call_super_init", "children", "compile", "cpu", "cuda", "double", "dump_patches", "eval", "extra_repr", "float", "forward",
        "get_buffer", "get_extra_state", "get_parameter", "get_submodule", "half", "ipu", "load_state_dict", "modules", "mtia", "named_buffers", "named_children", "named_modules",
        "named_parameters", "parameters", "register_backward_hook", "register_buffer", "register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook",
        "register_full_backward_pre_hook", "register_load_state_dict_post_hook", "register_load_state_dict_pre_hook", "register_module", "register_parameter",
        "register_state_dict_post_hook", "register_state_dict_pre_hook", "requires_grad_", "set_extra_state", "set_submodule", "share_memory", "state_dict", "to", "to_empty", "train",
        "training", "type", "xpu", "zero_grad",
    ];

    // What a source says outside the class: imports, functions, variables, and what Python has built in.
    private static readonly HashSet<string> Used =
    [
        "True", "False", "None", "json", "os", "struct", "OrderedDict", "torch", "nn", "F", "CLASSES", "without", "load", "super", "open", "bytearray", "set", "list", "sorted", "dict", "setattr", "float", "ValueError",
        "module", "names", "path", "file", "header", "data", "model", "tensors", "different", "name", "tensor", "values", "self", "x", "images",
    ];

    /// <summary>A layer's name as an attribute of an nn.Module. No name of a layer ends in an underscore.</summary>
    public static string Attribute(string name) => Taken.Contains(name) ? $"{name}_" : name;

    /// <summary>The name of a class, which is none that the source has already.</summary>
    public static string ClassName(string name) => Used.Contains(name) || Taken.Contains(name) ? $"{name}Model" : name;

    /// <summary>Whether a source of this name can be imported: an identifier, and no reserved word.</summary>
    public static bool IsModule(string name) => CSharp.IsIdentifier(name) && !Taken.Contains(name) && name is not ("True" or "False" or "None");

    /// <summary>The module that holds a layer's weights, within the methods of the class.</summary>
    public static string Member(string name) => $"self.{Attribute(name)}";

    /// <summary>A whole number, or two where height and width differ.</summary>
    public static string Pair(long height, long width) => height == width ? Integer(height) : $"({Integer(height)}, {Integer(width)})";

    public static string Integer(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A list of numbers.</summary>
    public static string List(IEnumerable<double> numbers) => $"[{string.Join(", ", numbers.Select(Text.Number))}]";

    /// <summary>What makes a module do without a bias; nothing where it has one.</summary>
    public static string Bias(bool hasBias) => hasBias ? string.Empty : ", bias=False";

    /// <summary>A module without one of its weights, or without both, where it does without.</summary>
    /// <param name="module">The expression that makes the module, up to its closing parenthesis.</param>
    /// <param name="hasWeight">It has a weight.</param>
    /// <param name="hasBias">It has a bias.</param>
    public static string Without(string module, bool hasWeight, bool hasBias) => (hasWeight, hasBias) switch
    {
        (true, true) => $"{module})",
        (true, false) => $"without({module}), \"bias\")",
        (false, true) => $"without({module}), \"weight\")",
        (false, false) => $"without({module}), \"weight\", \"bias\")",
    };

    /// <summary>An image with zeros, or another value, around it; the image itself where nothing is to be added.</summary>
    public static string Pad(string x, long top, long bottom, long left, long right, string? value = null) => (top, bottom, left, right) == (0, 0, 0, 0) ? x
        : $"F.pad({x}, ({Integer(left)}, {Integer(right)}, {Integer(top)}, {Integer(bottom)}){(value is null ? string.Empty : $", value={value}")})";

    /// <summary>A string literal.</summary>
    public static string String(string value)
    {
        var result = new StringBuilder("\"");
        for (var i = 0; i < value.Length; i++)
        {
            var character = value[i];
            // Two halves of a character would stay two.
            _ = character is '"' or '\\' ? result.Append('\\').Append(character)
                : character is >= ' ' and <= '~' ? result.Append(character)
                : i + 1 < value.Length && char.IsSurrogatePair(value, i) ? result.Append("\\U").Append(char.ConvertToUtf32(value, i++).ToString("x8", CultureInfo.InvariantCulture))
                : result.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
        }

        return result.Append('"').ToString();
    }
}
