using System.Net;
using FashionCnn.Data;
using FashionCnn.Models;
using Xunit;

namespace FashionCnn.Runtime.Tests.Data;

public sealed class DataSetsTests : IDisposable
{
    private const string FullSet = "/usr/share/datasets/fashion-mnist";

    private readonly TemporaryFolder folder = new();
    private int requests;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Without_data_and_network_the_sample_is_used_and_says_why()
    {
        var data = Open(Environment(_ => throw new HttpRequestException("Name or service not known")));

        Assert.True(data.IsSample);
        Assert.Contains("because the full set was not found (downloading failed: raw.githubusercontent.com: Name or service not known;", data.Notice, StringComparison.Ordinal);
        Assert.Equal(FashionMnist.Addresses.Count, requests);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_folder_in_the_variable_that_cannot_be_used_is_an_error_not_a_reason_to_look_elsewhere()
    {
        var environment = Environment(_ => throw new InvalidOperationException("no request was expected")) with { Folder = folder.File("nowhere") };

        Assert.StartsWith("FASHION_MNIST_DIR ", Assert.Throws<InputException>(() => Open(environment)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_variable_goes_before_the_cache()
    {
        IdxBytes.WriteFolder(folder.Path);

        Assert.Equal(folder.Path, Open(Environment(_ => throw new InvalidOperationException("no request was expected")) with { Folder = folder.Path }).Location);
    }

    [Fact]
    public void Content_that_is_not_the_published_one_is_not_taken_from_the_cache()
    {
        IdxBytes.WriteFolder(folder.Path);

        var data = Open(Environment(_ => throw new HttpRequestException("no network")));

        Assert.True(data.IsSample);
        Assert.Contains($"{folder.Path} does not have the published content", data.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_download_is_verified_and_the_next_address_tried()
    {
        if (!Directory.Exists(FullSet))
        {
            return;
        }

        var progress = new List<DownloadProgress>();
        var data = DataSets.Open(null, Environment(request => request.RequestUri!.Host == FashionMnist.Addresses[0].Host ? Answer(IdxBytes.Gzip([1, 2, 3])) : Answer(File.ReadAllBytes(Path.Combine(FullSet, Path.GetFileName(request.RequestUri.LocalPath))))), progress.Add);

        Assert.True(data.Verified);
        Assert.Equal(folder.Path, data.Location);
        Assert.Equal((60_000, 10_000), (data.Train.Count, data.Test.Count));
        Assert.Equal(FashionMnist.Files.Select(file => file.Name + ".gz").Order(), Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        Assert.All(progress, step => Assert.InRange(step.Received, 1, step.Total!.Value));

        requests = 0;
        Assert.True(Open(Environment(_ => throw new InvalidOperationException("no request was expected"))).Verified);
        Assert.Equal(0, requests);
    }

    [Fact]
    public void A_connection_that_brings_nothing_is_given_up()
    {
        var data = Open(Environment(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new SilentStream()) }) with { StallTime = TimeSpan.FromMilliseconds(50) });

        Assert.True(data.IsSample);
        Assert.Contains("nothing came for 0 seconds", data.Notice, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Stopping_a_download_leaves_no_part_of_a_file()
    {
        using var stop = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => DataSets.Open(
            null, Environment(_ => Answer(new byte[1 << 20])), _ => stop.Cancel(), stop.Token));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_cache_that_cannot_be_written_leads_to_the_sample()
    {
        File.WriteAllText(folder.File("file"), string.Empty);

        var data = Open(Environment(_ => Answer([])) with { Cache = folder.File("file/cache") });

        Assert.True(data.IsSample);
        Assert.Contains("cannot be made", data.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_that_does_not_fit_the_model_is_refused_with_both_sizes()
    {
        IdxBytes.WriteFolder(folder.Path);
        var data = DataSets.Open(folder.Path, DataEnvironment.Current);

        Assert.Contains("takes images of 28x28x1 (height x width x channels), but those of", Assert.Throws<InputException>(() => data.CheckFits(Model(new ImageShape(28, 28, 1), 10))).Message, StringComparison.Ordinal);
        Assert.Contains("tells 12 classes apart, but", Assert.Throws<InputException>(() => data.CheckFits(Model(new ImageShape(2, 3, 1), 12))).Message, StringComparison.Ordinal);
        data.CheckFits(Model(new ImageShape(2, 3, 1), 10));
    }

    [Fact]
    public void The_first_images_are_taken()
    {
        IdxBytes.WriteFolder(folder.Path);
        var images = DataSets.Open(folder.Path, DataEnvironment.Current).Train;

        Assert.Equal([0, 1], images.Take(2).Labels);
        Assert.Equal(images.Pixels[..12], images.Take(2).Pixels);
        Assert.Same(images, images.Take(100));
    }

    private static DataSet Open(DataEnvironment environment) => DataSets.Open(null, environment);

    private static HttpResponseMessage Answer(byte[] content) => new(HttpStatusCode.OK) { Content = new ByteArrayContent(content) };

    private static ModelDescriptor Model(ImageShape input, int classes) => TestModels.Descriptor("m", input, classes, () => throw new InvalidOperationException("not to be made"));

    private DataEnvironment Environment(Func<HttpRequestMessage, HttpResponseMessage> answer) => new(
        null, folder.Path, folder.File("nothing"), () => new FakeNetwork(request => { requests++; return answer(request); }), TimeSpan.FromSeconds(20));

    private sealed class FakeNetwork(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
    }

    /// <summary>A connection that is open and brings nothing.</summary>
    private sealed class SilentStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
