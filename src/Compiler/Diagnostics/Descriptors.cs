using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Diagnostics;

/// <summary>
/// Everything the compiler says about a spec. Ids: 0xxx the text is not JSON, 1xxx the structure, 2xxx the shapes, 3xxx probable
/// mistakes, 4xxx the project's build, 9xxx the compiler itself. Argument 0 of 1xxx and 2xxx is the place in the model.
/// </summary>
internal static class Descriptors
{
    // A message without arguments is shown as it is: its braces are not doubled.
    public static readonly DiagnosticRule InvalidSyntax = Error("FCNN0001", "Text is not JSON", "the text is not JSON here: expected {0}, found {1}");
    public static readonly DiagnosticRule UnterminatedString = Error("FCNN0002", "String without an end", "this string has no closing quote on its line");
    public static readonly DiagnosticRule TooDeep = Error("FCNN0003", "Nesting too deep", "brackets are nested more than 64 levels deep here; no spec needs that many");
    public static readonly DiagnosticRule TooLarge = Error("FCNN0004", "File too large", "the file is larger than 1 MiB; use \"repeat\" and \"blocks\" to shorten it");
    public static readonly DiagnosticRule NotUtf8 = Error("FCNN0005", "Text is not UTF-8", "the text contains bytes that are not UTF-8 (seen as U+FFFD); save the file as UTF-8");
    public static readonly DiagnosticRule UnexpectedEnd = Error("FCNN0006", "Text ends too early", "the text ends here, but {0} is still expected");
    public static readonly DiagnosticRule TextAfterEnd = Error("FCNN0007", "Text after the end", "the spec ends before {0}; a file contains one spec: one object from '{{' to '}}'");
    public static readonly DiagnosticRule InvalidString = Error("FCNN0008", "Invalid string", "the string {0}");
    public static readonly DiagnosticRule UnterminatedComment = Error("FCNN0009", "Comment without an end", "this comment has no end; close it with */");
    public static readonly DiagnosticRule InvalidNumber = Error("FCNN0010", "Invalid number", "'{0}' is not a valid JSON number: write digits with at most one decimal point between them, and no leading zero or plus sign");

    public static readonly DiagnosticRule NotAnObject = Error("FCNN1001", "Spec is not an object", "a spec is one JSON object, {{ \"version\": 1, \"input\": ..., \"layers\": [...] }}, but this is {0}");
    public static readonly DiagnosticRule UnknownKey = Error("FCNN1002", "Unknown key", "{0}: unknown key '{1}'{2} Allowed here: {3}.");
    public static readonly DiagnosticRule DuplicateKey = Error("FCNN1003", "Repeated key", "{0}: the key '{1}' appears twice; remove one of the two");
    public static readonly DiagnosticRule MissingKey = Error("FCNN1004", "Missing key", "{0}: the key '{1}' is missing: {2}");
    public static readonly DiagnosticRule WrongType = Error("FCNN1005", "Wrong type of value", "{0}: {1} must be {2}, not {3}");
    public static readonly DiagnosticRule OutOfRange = Error("FCNN1006", "Value out of range", "{0}: {1} must be {2}, but is {3}");
    public static readonly DiagnosticRule NotAnInteger = Error("FCNN1007", "Not an integer", "{0}: {1} must be an integer, written without fraction or exponent, but is {2}");
    public static readonly DiagnosticRule UnknownChoice = Error("FCNN1008", "Unknown word", "{0}: {1} cannot be '{2}'{3} Allowed: {4}.");
    public static readonly DiagnosticRule WrongLength = Error("FCNN1009", "Wrong number of values", "{0}: {1} takes {2}, but has {3}");
    public static readonly DiagnosticRule UnknownLayerType = Error("FCNN1010", "Unknown layer type", "{0}: there is no layer type '{1}'{2}");
    public static readonly DiagnosticRule EntryKind = Error("FCNN1011", "Entry of no kind or of several", "{0}: {1}");
    public static readonly DiagnosticRule EmptyList = Error("FCNN1012", "Empty list of layers", "{0}: a list of layers needs at least one entry");
    public static readonly DiagnosticRule UnknownBlock = Error("FCNN1013", "Unknown block", "{0}: there is no block '{1}'{2} {3}");
    public static readonly DiagnosticRule BlockCycle = Error("FCNN1014", "Block uses itself", "{0}: the block '{1}' is already being expanded here; a block cannot use itself, directly or through other blocks");
    public static readonly DiagnosticRule MissingArgument = Error("FCNN1015", "Missing argument", "{0}: the parameter '{1}' has no value. {2}");
    public static readonly DiagnosticRule UnknownArgument = Error("FCNN1016", "Unknown argument", "{0}: the block has no parameter '{1}'{2} {3}");
    public static readonly DiagnosticRule UnknownParameter = Error("FCNN1017", "Unknown parameter", "{0}: '${1}' is not a parameter of the block '{2}'{3} {4}");
    public static readonly DiagnosticRule ParameterOutsideBlock = Error("FCNN1018", "Parameter outside a block", "{0}: '${1}' stands for a block's parameter, but this is not inside a block; write the value itself");
    public static readonly DiagnosticRule IllegalParameterName = Error("FCNN1019", "Illegal parameter name", "{0}: {1} cannot be a parameter name; use letters, digits and underscores, do not start with a digit, and avoid 'type', 'repeat', 'block', 'name', 'from' and 'trainable', which have a meaning of their own in a use of the block");
    public static readonly DiagnosticRule DuplicateParameter = Error("FCNN1020", "Repeated parameter", "{0}: the parameter '{1}' is listed twice; remove one of the two");
    public static readonly DiagnosticRule IllegalLayerName = Error("FCNN1021", "Illegal layer name", "{0}: {1} is not a valid layer name; use snake_case: lowercase letters, digits and single underscores, starting with a letter, at most 200 in all");
    public static readonly DiagnosticRule NameTaken = Error("FCNN1022", "Layer name taken", "{0}: the name '{1}' is taken: {2}; choose another");
    public static readonly DiagnosticRule IllegalClassName = Error("FCNN1023", "Illegal class name", "{0}: this class name cannot be used: {1}");
    public static readonly DiagnosticRule ClassNameTaken = Error("FCNN1024", "Class name taken", "the class name '{0}' is also claimed by {1}; names are compared ignoring case; give each spec a \"name\" of its own");
    public static readonly DiagnosticRule UnsupportedVersion = Error("FCNN1025", "Unsupported version", "{0}: version {1} is not known; this compiler reads version 1");
    public static readonly DiagnosticRule TooManyLayers = Error("FCNN1026", "Too many layers", "{0}: the model has more than {1} layers after expansion");
    public static readonly DiagnosticRule TooManySteps = Error("FCNN1027", "Expansion too long", "{0}: blocks and repetitions expand to more than {1} entries");
    public static readonly DiagnosticRule Conflict = Error("FCNN1028", "Settings contradict each other", "{0}: {1}");

    public static readonly DiagnosticRule TooFewBranches = Error("FCNN1029", "Too few branches", "{0}: a merge joins at least two inputs, but has {1}; {2}");
    public static readonly DiagnosticRule TooManyErrors = Error("FCNN1030", "Too many errors", "the file has more than {0} errors; the rest are not shown");

    public static readonly DiagnosticRule NestedTooDeeply = Error("FCNN1031", "Entries nested too deeply", "{0}: blocks, repetitions and branches are nested more than {1} levels deep here; no model needs that many");

    public static readonly DiagnosticRule IllegalFileName = Error("FCNN1032", "Illegal file name", "the file name '{0}' gives the model no id: it needs a letter or a digit before '.json'; rename the file");

    public static readonly DiagnosticRule UnknownReference = Error("FCNN1033", "Unknown reference", "{0}: no entry before this one is called '{1}'{2} Names here: {3}.");
    public static readonly DiagnosticRule OutputNotRead = Error("FCNN1034", "Output not read", "{0}: nothing reads the output of this layer; name it in the \"from\" of a later entry, or remove it");
    public static readonly DiagnosticRule InvalidFormula = Error("FCNN1035", "Formula that cannot be read", "{0}: \"{1}\" cannot be computed: {2}; a formula has integers, parameters such as $filters, + - * / and parentheses");
    public static readonly DiagnosticRule UnevenDivision = Error("FCNN1036", "Division that does not come out even", "{0}: \"{1}\" must come to an integer, but {2}");

    public static readonly DiagnosticRule NeedsImage = Error("FCNN2002", "Layer needs an image", "{0}: {1} takes an image, but its input is a vector of {2}.{3}{4}");
    public static readonly DiagnosticRule WindowDoesNotFit = Error("FCNN2003", "Window larger than its input", "{0}: {1} {2} does not fit the {3} input: output {4} would be {5}.{6}{7}");
    public static readonly DiagnosticRule GroupsDoNotDivide = Error("FCNN2004", "Groups do not divide", "{0}: {1} groups do not divide {2}: {3}.{4}{5}");
    public static readonly DiagnosticRule OutputNotVector = Error("FCNN2005", "Model does not end in a vector", "{0}: the last layer must give a vector, one value for each class, but gives the {1} image{2}.{3}{4}");
    public static readonly DiagnosticRule TooFewClasses = Error("FCNN2006", "Fewer than two classes", "{0}: the last layer must give at least two values, one for each class, but gives {1}; yes and no are two classes.{2}{3}");
    public static readonly DiagnosticRule CountTooLarge = Error("FCNN2007", "Count beyond 64 bits", "{0}: its parameters, multiply-accumulates or values do not fit into 64 bits ({1} input).{2}{3}");

    public static readonly DiagnosticRule CountsDiffer = Error("FCNN2008", "Reshape to another number of values", "{0}: the input does not fit into {1}: {2}, but the {3} input has {4}{5}.{6}{7}");
    public static readonly DiagnosticRule BranchesDiffer = Error("FCNN2009", "Branches do not fit", "{0}: {1}.{2}{3}");

    public static readonly DiagnosticRule NothingLeft = Error("FCNN2010", "Nothing left of the image", "{0}: without {1} of the {2}, nothing is left of the {3} input.{4}{5}");

    public static readonly DiagnosticRule UnusedBlock = Lint("FCNN3001", "Unused block", "the block '{0}' is not used");
    public static readonly DiagnosticRule UnusedParameter = Lint("FCNN3002", "Unused parameter", "the parameter '{0}' of the block '{1}' is not used");

    public static readonly DiagnosticRule SoftmaxInTheMiddle = Lint("FCNN3003", "Softmax before the end", "{0}: this softmax is not the model's last step; inside a network, it ties all values together and makes their gradients small");
    public static readonly DiagnosticRule BiasCanceled = Lint("FCNN3004", "Bias without effect", "{0}: its bias ({1} parameters) has no effect, because {2} subtracts each channel's mean; with \"use_bias\": false the model computes the same");
    public static readonly DiagnosticRule UnreadPositions = Lint("FCNN3005", "Positions never read", "{0}: {1} of the {2} input are never read, {3} of {4} positions; \"padding\": \"same\" would read them");
    public static readonly DiagnosticRule DropoutOnOutput = Lint("FCNN3006", "Dropout on the output", "{0}: this drops values of the model's output, after the last Dense; dropout belongs before it");
    public static readonly DiagnosticRule MostParameters = Lint("FCNN3007", "One layer holds most parameters", "{0}: it holds {1} % of the model's parameters, {2} of {3}, because its input has {4} values; pooling before it would make it smaller");
    public static readonly DiagnosticRule OutputActivation = Lint("FCNN3008", "Activation on the output", "{0}: the model's output passes {1} before predict takes its softmax; a classifier ends in softmax or in linear");
    public static readonly DiagnosticRule WeightsWithoutPixels = Lint("FCNN3009", "Weights that see no pixel", "{0}: {1} of the {2} positions in its {3} kernel never see a pixel of the {4} input, only padding, so their weights have no effect; a smaller kernel, or fewer strides and pools before it, would use all of them");
    public static readonly DiagnosticRule PixelsRescaled = Lint("FCNN3010", "Pixels scaled down twice", "{0}: images arrive with pixels from 0 to 1, not from 0 to 255, so that this makes them {1} to {2}; remove the layer, or choose a \"scale\" for pixels from 0 to 1");
    public static readonly DiagnosticRule ChannelsFirst = Lint("FCNN3011", "Channels first", "input: [{0}, {1}, {2}] is an image of {0}x{1} pixels with {3}, because the channels come last; for {1}x{2} pixels with {4}, write [{1}, {2}, {0}]");
    public static readonly DiagnosticRule DenseOnImage = Lint("FCNN3012", "Dense on an image in a model that ends in one", "{0}: {1} takes the channels of each pixel of the {2} image; if it is meant to take the whole image, put {{ \"type\": \"Flatten\" }} before it");

    public static readonly DiagnosticRule SpecNotCompiled = Warning("FCNN4001", "Spec not compiled", "the project lists this file as a ModelSpec, but it did not reach the compiler as one, so it has no class: it is listed after FashionCnn.Generator.targets is imported, something removes it from AdditionalFiles, or its path contains a character that is lost on the compiler's command line");
    public static readonly DiagnosticRule NoSpecs = Warning("FCNN4002", "No specs", "the project uses FashionCnn's generator but has no spec; add <ModelSpec Include=\"specs/*.json\" /> to an ItemGroup of the project, and import FashionCnn.Generator.props and FashionCnn.Generator.targets where the generator is not a package");
    public static readonly DiagnosticRule NoRuntime = Warning("FCNN4003", "Runtime missing", "the project has model specs but no reference to FashionCnn.Runtime, which the generated classes need; add one");

    public static readonly DiagnosticRule Internal = Error("FCNN9001", "Bug in the compiler", "the compiler failed on this file, which is a bug in the compiler: {0}. Please report it with the file; the other specs are not affected.");

    /// <summary>All of them.</summary>
    public static readonly EquatableArray<DiagnosticRule> All =
        [.. typeof(Descriptors).GetFields().Where(field => field.FieldType == typeof(DiagnosticRule)).Select(field => (DiagnosticRule)field.GetValue(null)!)];

    /// <summary>The descriptor of what keeps a text from being JSON.</summary>
    public static DiagnosticRule Of(SyntaxErrorKind kind) => kind switch
    {
        SyntaxErrorKind.InvalidSyntax => InvalidSyntax,
        SyntaxErrorKind.UnterminatedString => UnterminatedString,
        SyntaxErrorKind.TooDeep => TooDeep,
        SyntaxErrorKind.TooLarge => TooLarge,
        SyntaxErrorKind.NotUtf8 => NotUtf8,
        SyntaxErrorKind.UnexpectedEnd => UnexpectedEnd,
        SyntaxErrorKind.TextAfterEnd => TextAfterEnd,
        SyntaxErrorKind.InvalidString => InvalidString,
        SyntaxErrorKind.UnterminatedComment => UnterminatedComment,
        _ => InvalidNumber,
    };

    private static DiagnosticRule Error(string id, string title, string message) => new(id, title, message, Severity.Error);

    private static DiagnosticRule Warning(string id, string title, string message) => new(id, title, message, Severity.Warning);

    private static DiagnosticRule Lint(string id, string title, string message) => new(id, title, message, Severity.Info);
}
