"""
ResNet, written by FashionCnn for PyTorch 1.13 and later.

    model = load()
    probabilities = torch.softmax(model(images), 1)

Images are N x 1 x 28 x 28, 32-bit floats, pixels from 0 to 1. The model gives logits, N x 10.
"""
import json
import os
import struct

import torch
from torch import nn
from torch.nn import functional as F


CLASSES = ["T-shirt/top", "\"quoted\"", "gr\u00f6\u00dfer", "\U0001f45f"]


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1, bias=False)
        self.batch_norm1 = nn.BatchNorm2d(16, eps=0.001, momentum=0.1)
        self.conv2 = nn.Conv2d(16, 16, 3, padding=1, bias=False)
        self.batch_norm2 = nn.BatchNorm2d(16, eps=0.001, momentum=0.1)
        self.conv3 = nn.Conv2d(16, 16, 3, padding=1, bias=False)
        self.batch_norm3 = nn.BatchNorm2d(16, eps=0.001, momentum=0.1)
        self.conv4 = nn.Conv2d(16, 16, 3, padding=1, bias=False)
        self.batch_norm4 = nn.BatchNorm2d(16, eps=0.001, momentum=0.1)
        self.conv5 = nn.Conv2d(16, 16, 3, padding=1, bias=False)
        self.batch_norm5 = nn.BatchNorm2d(16, eps=0.001, momentum=0.1)
        self.conv6 = nn.Conv2d(16, 32, 3, stride=2, bias=False)
        self.batch_norm6 = nn.BatchNorm2d(32, eps=0.001, momentum=0.1)
        self.conv7 = nn.Conv2d(32, 32, 3, padding=1, bias=False)
        self.batch_norm7 = nn.BatchNorm2d(32, eps=0.001, momentum=0.1)
        self.conv8 = nn.Conv2d(16, 32, 1, stride=2, bias=False)
        self.batch_norm8 = nn.BatchNorm2d(32, eps=0.001, momentum=0.1)
        self.conv9 = nn.Conv2d(32, 32, 3, padding=1, bias=False)
        self.batch_norm9 = nn.BatchNorm2d(32, eps=0.001, momentum=0.1)
        self.conv10 = nn.Conv2d(32, 32, 3, padding=1, bias=False)
        self.batch_norm10 = nn.BatchNorm2d(32, eps=0.001, momentum=0.1)
        self.conv11 = nn.Conv2d(32, 64, 3, stride=2, bias=False)
        self.batch_norm11 = nn.BatchNorm2d(64, eps=0.001, momentum=0.1)
        self.conv12 = nn.Conv2d(64, 64, 3, padding=1, bias=False)
        self.batch_norm12 = nn.BatchNorm2d(64, eps=0.001, momentum=0.1)
        self.conv13 = nn.Conv2d(32, 64, 1, stride=2, bias=False)
        self.batch_norm13 = nn.BatchNorm2d(64, eps=0.001, momentum=0.1)
        self.conv14 = nn.Conv2d(64, 64, 3, padding=1, bias=False)
        self.batch_norm14 = nn.BatchNorm2d(64, eps=0.001, momentum=0.1)
        self.conv15 = nn.Conv2d(64, 64, 3, padding=1, bias=False)
        self.batch_norm15 = nn.BatchNorm2d(64, eps=0.001, momentum=0.1)
        self.dense1 = nn.Linear(64, 10)

    def forward(self, x):
        # conv_bn
        x = self.conv1(x)                                                 # 16 x 28 x 28
        x = self.batch_norm1(x)                                           # 16 x 28 x 28
        relu1_output = F.relu(x)                                          # 16 x 28 x 28
        # round 1 of 2, residual, conv_bn
        x = self.conv2(relu1_output)                                      # 16 x 28 x 28
        x = self.batch_norm2(x)                                           # 16 x 28 x 28
        # round 1 of 2, residual
        x = F.relu(x)                                                     # 16 x 28 x 28
        # round 1 of 2, residual, conv_bn
        x = self.conv3(x)                                                 # 16 x 28 x 28
        x = self.batch_norm3(x)                                           # 16 x 28 x 28
        x = x + relu1_output                                              # 16 x 28 x 28
        relu3_output = F.relu(x)                                          # 16 x 28 x 28
        # round 2 of 2, residual, conv_bn
        x = self.conv4(relu3_output)                                      # 16 x 28 x 28
        x = self.batch_norm4(x)                                           # 16 x 28 x 28
        # round 2 of 2, residual
        x = F.relu(x)                                                     # 16 x 28 x 28
        # round 2 of 2, residual, conv_bn
        x = self.conv5(x)                                                 # 16 x 28 x 28
        x = self.batch_norm5(x)                                           # 16 x 28 x 28
        x = x + relu3_output                                              # 16 x 28 x 28
        relu5_output = F.relu(x)                                          # 16 x 28 x 28
        # downsample, conv_bn
        x = self.conv6(F.pad(relu5_output, (0, 1, 0, 1)))                 # 32 x 14 x 14
        x = self.batch_norm6(x)                                           # 32 x 14 x 14
        # downsample
        x = F.relu(x)                                                     # 32 x 14 x 14
        # downsample, conv_bn
        x = self.conv7(x)                                                 # 32 x 14 x 14
        batch_norm7_output = self.batch_norm7(x)                          # 32 x 14 x 14
        # downsample, conv_bn
        x = self.conv8(relu5_output)                                      # 32 x 14 x 14
        x = self.batch_norm8(x)                                           # 32 x 14 x 14
        x = batch_norm7_output + x                                        # 32 x 14 x 14
        relu7_output = F.relu(x)                                          # 32 x 14 x 14
        # residual, conv_bn
        x = self.conv9(relu7_output)                                      # 32 x 14 x 14
        x = self.batch_norm9(x)                                           # 32 x 14 x 14
        # residual
        x = F.relu(x)                                                     # 32 x 14 x 14
        # residual, conv_bn
        x = self.conv10(x)                                                # 32 x 14 x 14
        x = self.batch_norm10(x)                                          # 32 x 14 x 14
        x = x + relu7_output                                              # 32 x 14 x 14
        relu9_output = F.relu(x)                                          # 32 x 14 x 14
        # downsample, conv_bn
        x = self.conv11(F.pad(relu9_output, (0, 1, 0, 1)))                # 64 x 7 x 7
        x = self.batch_norm11(x)                                          # 64 x 7 x 7
        # downsample
        x = F.relu(x)                                                     # 64 x 7 x 7
        # downsample, conv_bn
        x = self.conv12(x)                                                # 64 x 7 x 7
        batch_norm12_output = self.batch_norm12(x)                        # 64 x 7 x 7
        # downsample, conv_bn
        x = self.conv13(relu9_output)                                     # 64 x 7 x 7
        x = self.batch_norm13(x)                                          # 64 x 7 x 7
        x = batch_norm12_output + x                                       # 64 x 7 x 7
        relu11_output = F.relu(x)                                         # 64 x 7 x 7
        # residual, conv_bn
        x = self.conv14(relu11_output)                                    # 64 x 7 x 7
        x = self.batch_norm14(x)                                          # 64 x 7 x 7
        # residual
        x = F.relu(x)                                                     # 64 x 7 x 7
        # residual, conv_bn
        x = self.conv15(x)                                                # 64 x 7 x 7
        x = self.batch_norm15(x)                                          # 64 x 7 x 7
        x = x + relu11_output                                             # 64 x 7 x 7
        x = F.relu(x)                                                     # 64 x 7 x 7
        x = x.mean((2, 3))                                                # 64
        x = self.dense1(x)                                                # 10
        return x


def load(path=os.path.join(os.path.dirname(__file__), "resnet.safetensors")):
    """The model with the weights of a safetensors file, in evaluation mode."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = bytearray(file.read())
    model = ResNet()
    # An underscore at the end of a name is not in the file; what PyTorch counts, neither.
    tensors = {name.replace("_.", "."): tensor for name, tensor in model.state_dict().items() if not name.endswith(".num_batches_tracked")}
    different = set(tensors) - set(header)
    different |= {name for name in tensors if name in header and (header[name]["dtype"], header[name]["shape"]) != ("F32", list(tensors[name].shape))}
    if different:
        raise ValueError(f"{path} lacks weights of ResNet, or has them in other sizes: {', '.join(sorted(different))}")
    for name, tensor in tensors.items():
        values = torch.frombuffer(data, dtype=torch.float32, count=tensor.numel(), offset=header[name]["data_offsets"][0])
        tensor.copy_(values.view(tensor.shape))
    return model.eval()
